with

model_versions as (

    {{ known_rows('model_versions') }}

),

models as (

    {{ known_rows('models') }}

)

select
    {{ model_version_key('model_versions.model_id', 'model_versions.model_version') }}
        as model_version_key,
    model_versions.model_id,
    model_versions.model_version,
    models.sandbox_id,
    model_versions.change_type,
    model_versions.artifact_sha256,
    model_versions.code_commit,
    model_versions.decision_threshold,
    model_versions.is_champion,
    cast(model_versions.deployed_at as date) <= {{ as_of_date() }}
        and coalesce(cast(model_versions.retired_at as date) > {{ as_of_date() }}, true)
            as is_in_use,
    model_versions.training_from,
    model_versions.training_to,
    model_versions.baseline_from,
    model_versions.baseline_to,
    model_versions.deployed_at,
    model_versions.retired_at

from model_versions

inner join models on model_versions.model_id = models.model_id
