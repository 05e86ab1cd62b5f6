select
    predictions.*,
    features.* exclude (prediction_id)

from {{ source('wealth_return_forecast', 'predictions') }} as predictions
left join {{ source('wealth_return_forecast', 'features') }} as features using (prediction_id)
