with

model_versions as (

    {{ known_rows('model_versions') }}

),

models as (

    {{ known_rows('models') }}

),

strays as (

    select
        sandbox_id,
        model_id,
        model_version

    from {{ ref('met_governed_versions') }}

    where not is_registered

),

-- What scores without being in the inventory has a row, so that its verdict finds it.
versions as (

    select
        models.sandbox_id,
        model_versions.*,
        true as is_registered

    from model_versions

    inner join models on model_versions.model_id = models.model_id

    union all by name

    select
        *,
        false as is_registered

    from strays

)

select
    {{ model_version_key() }} as model_version_key,
    model_id,
    model_version,
    sandbox_id,
    change_type,
    artifact_sha256,
    code_commit,
    decision_threshold,
    is_champion,
    is_registered,
    cast(deployed_at as date) <= {{ as_of_date() }}
    and coalesce(cast(retired_at as date) > {{ as_of_date() }}, true)
        as is_in_use,
    training_from,
    training_to,
    baseline_from,
    baseline_to,
    deployed_at,
    retired_at

from versions
