{#- A version is monitored from the day after its baseline, or from its deployment where that came
    first: a period that began earlier counts from that day. -#}
with

log_intake as (

    select * from {{ ref('evd_log_intake') }}

),

market_risk_days as (

    select * from {{ ref('evd_market_risk_days') }}

),

models as (

    {{ known_rows('models') }}

),

model_versions as (

    {{ known_rows('model_versions') }}

),

grain_steps (period_grain, step) as (

    values
    ('day', interval '1 day'),
    ('week', interval '7 days'),
    ('month', interval '1 month'),
    ('quarter', interval '3 months'),
    ('year', interval '1 year'),
    ('decade', interval '10 years')

),

active_days as (

    select
        model_id,
        model_version,
        event_date
    from log_intake
    where
        log_kind = 'prediction'
        and reject_reason is null
        and known_date <= {{ as_of_date() }}

    union

    select
        model_id,
        model_version,
        risk_date as event_date
    from market_risk_days
    where known_date <= {{ as_of_date() }}

),

version_grains as (

    select
        model_versions.model_id,
        model_versions.model_version,
        models.problem_type,
        models.outcome_horizon_days,
        models.monitoring_grain,
        unnest(string_split(models.monitoring_grain, ';')) as period_grain,
        cast(model_versions.deployed_at as date) as deployed_date,
        if(
            model_versions.baseline_to is null,
            null,
            least(model_versions.baseline_to + 1, deployed_date)
        ) as monitored_from

    from model_versions
    inner join models on model_versions.model_id = models.model_id

),

dated as (

    select
        version_grains.*,
        cast(date_trunc(grain_steps.period_grain, active_days.event_date) as date) as first_day,
        case
            when version_grains.period_grain = 'all' then version_grains.deployed_date
            else greatest(first_day, version_grains.monitored_from)
        end as period_start,
        case
            when version_grains.period_grain = 'all' then {{ as_of_date() }}
            else cast(first_day + grain_steps.step as date) - 1
        end as period_end,
        active_days.event_date

    from version_grains
    inner join active_days
        on
            version_grains.model_id = active_days.model_id
            and version_grains.model_version = active_days.model_version
    left join grain_steps on version_grains.period_grain = grain_steps.period_grain

)

select
    model_id,
    model_version,
    problem_type,
    period_grain,
    period_start,
    period_end,
    period_grain = string_split(monitoring_grain, ';')[1] as is_judged_grain,
    cast(outcome_horizon_days as integer) as outcome_horizon_days

from dated

where
    event_date between period_start and period_end
    and period_end <= {{ as_of_date() }}

group by all
