select
    predictions.*,
    features.* exclude (prediction_id)

from {{ source('term_deposit', 'predictions') }} as predictions

left join {{ source('term_deposit', 'features') }} as features using (prediction_id)
