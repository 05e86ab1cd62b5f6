-- The validation sample was scored when training ended. The rows a version was fitted on say nothing about it. An
-- area that is undefined is no group.
select
    predictions.* exclude (region, group_area),
    nullif(predictions.group_area, 'undefined') as group_area,
    features.* exclude (prediction_id),
    greatest(
        predictions.predicted_at,
        if(
            predictions.dataset_role in ('development', 'validation'),
            if(predictions.model_version = '1.0', timestamp '2001-01-01', timestamp '2004-01-01'),
            predictions.predicted_at
        )
    ) as loaded_at

from {{ source('retail_sba_pd', 'predictions') }} as predictions
left join {{ source('retail_sba_pd', 'features') }} as features using (prediction_id)

where predictions.dataset_role <> 'development'
