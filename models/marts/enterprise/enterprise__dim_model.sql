with

registered as (

    {{ known_rows('models') }}

),

strays as (

    select distinct
        versions.sandbox_id,
        versions.model_id

    from {{ ref('met_governed_versions') }} as versions

    where
        not versions.is_registered
        and not exists (
            select 1 from registered
            where registered.model_id = versions.model_id
        )

),

-- What scores without being in the inventory has a row, so that its verdict finds it.
models as (

    select * from registered

    union all by name

    select
        sandbox_id,
        model_id,
        'unregistered' as lifecycle_stage

    from strays

),

people as (

    {{ known_rows('people') }}

)

select
    models.model_id,
    models.sandbox_id,
    models.name as model_name,
    models.purpose,
    models.model_use,
    models.model_class,
    models.problem_type,
    models.score_direction,
    models.exposure_class,
    models.purpose_class,
    models.complexity_class,
    models.owner_id,
    owners.name as owner_name,
    models.developer_id,
    developers.name as developer_name,
    models.validator_id,
    validators.name as validator_name,
    models.jurisdiction,
    models.ai_act_class,
    models.lifecycle_stage,
    models.scope_rationale,
    models.monitoring_grain,
    models.exposure_amount,
    models.declared_tier as model_tier,
    models.outcome_horizon_days,
    models.is_vendor,
    models.is_in_scope

from models

left join people as owners on models.owner_id = owners.person_id
left join people as developers on models.developer_id = developers.person_id
left join people as validators on models.validator_id = validators.person_id
