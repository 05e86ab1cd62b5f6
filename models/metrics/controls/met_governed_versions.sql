{#- What policy governs: registered versions in use, and what scored in the last 90 days without
    being registered. A model that nobody registered is judged like the highest tier, in the
    sandbox whose log it appeared in. -#}
with

models as (

    {{ known_rows('models') }}

),

model_versions as (

    {{ known_rows('model_versions') }}

),

strays as (

    select
        split_part(log_id, '__', 1) as sandbox_id,
        model_id,
        model_version,
        cast(sum(n) as bigint) as stray_count

    from {{ ref('evd_log_intake') }}

    where
        reject_reason in ('unknown_model', 'unknown_version')
        and known_date between {{ as_of_date() }} - 89 and {{ as_of_date() }}

    group by all

),

registered as (

    select
        models.sandbox_id,
        models.model_id,
        model_versions.model_version,
        models.problem_type,
        models.monitoring_grain,
        models.declared_tier as model_tier,
        true as is_registered,
        cast(0 as bigint) as stray_count

    from models

    inner join model_versions on models.model_id = model_versions.model_id

    where
        models.is_in_scope
        and cast(model_versions.deployed_at as date) <= {{ as_of_date() }}
        and coalesce(cast(model_versions.retired_at as date) > {{ as_of_date() }}, true)

),

unregistered as (

    select
        coalesce(models.sandbox_id, strays.sandbox_id) as sandbox_id,
        strays.model_id,
        strays.model_version,
        models.problem_type,
        models.monitoring_grain,
        coalesce(models.declared_tier, 1) as model_tier,
        false as is_registered,
        strays.stray_count

    from strays

    left join models on strays.model_id = models.model_id

)

select * from registered

union all

select * from unregistered
