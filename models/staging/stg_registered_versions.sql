{#- A prediction counts from the day its version is on the register: an unregistered version is
    quarantined, and its rows become known on the day that the registration is. A register row
    recorded again keeps its first day. -#}
with

first_versions as (

    select
        model_id,
        model_version,
        baseline_from,
        baseline_to,
        recorded_at,
        row_number() over (
            partition by model_id, model_version order by recorded_at
        ) as record_number

    from {{ ref('model_versions') }}

),

first_models as (

    select
        model_id,
        min(recorded_at) as recorded_at

    from {{ ref('models') }}

    group by model_id

)

select
    first_versions.model_id,
    first_versions.model_version,
    cast(first_versions.baseline_from as date) as baseline_from,
    cast(first_versions.baseline_to as date) as baseline_to,
    cast(greatest(first_versions.recorded_at, first_models.recorded_at) as date) as registered_date

from first_versions

inner join first_models on first_versions.model_id = first_models.model_id

where
    first_versions.record_number = 1
    and cast(greatest(first_versions.recorded_at, first_models.recorded_at) as date)
    <= {{ dbt_model_risk.as_of_date() }}
