-- The validation sample was scored when training ended.
select
    predictions.*,
    features.* exclude (prediction_id),
    greatest(
        predictions.predicted_at,
        if(
            predictions.dataset_role = 'validation',
            if(predictions.model_version = '1.0', timestamp '2008-10-01', timestamp '2009-07-01'),
            predictions.predicted_at
        )
    ) as loaded_at

from {{ source('wealth_term_deposit', 'predictions') }} as predictions
left join {{ source('wealth_term_deposit', 'features') }} as features using (prediction_id)
