{#- The shocks in force on the as-of date: of approved scenarios, as declared, and of historical
    windows as the bank's own factors moved from the first to the last day of the window. A declared
    shock stands before a replayed one. -#}
{%- set tolerance = "interval '5' day" -%}
with

known_scenarios as (

    {{ known_rows('scenarios') }}

),

scenarios as (

    select * from known_scenarios
    where
        valid_from <= {{ as_of_date() }}
        and coalesce(valid_to > {{ as_of_date() }}, true)
        and approved_by is not null
        and approved_on <= {{ as_of_date() }}

),

factor_definitions as (

    {{ known_rows('factor_definitions') }}

),

scenario_shocks as (

    {{ known_rows('scenario_shocks') }}

),

risk_factors as (

    {{ known_days('evd_risk_factors', ['risk_date', 'factor_id']) }}

),

shocks as (

    select
        scenario_shocks.*,
        factor_definitions.factor_id is not null as is_defined

    from scenario_shocks

    inner join scenarios using (scenario_id, scenario_version)
    left join factor_definitions using (factor_id)

),

-- One undefined factor refuses its whole scenario: without that shock it would be a milder one.
refused as (

    select distinct
        scenario_id,
        scenario_version

    from shocks

    where not is_defined

),

declared as (

    select
        scenario_id,
        scenario_version,
        step,
        factor_id,
        shock_type,
        shock_value,
        case
            when shock_type = 'level'
                then
                    max(shock_value) filter (where step = 0) over (
                        partition by scenario_id, scenario_version, factor_id
                    )
        end as base_value,
        'declared' as source -- noqa: RF04

    from shocks

),

-- A history that does not reach both ends of the window, but for holidays, replays nothing.
moves as (

    select
        scenarios.scenario_id,
        scenarios.scenario_version,
        risk_factors.factor_id,
        factor_definitions.quote,
        arg_min(risk_factors.factor_value, risk_factors.risk_date) as first_value,
        arg_max(risk_factors.factor_value, risk_factors.risk_date) as last_value

    from scenarios

    inner join risk_factors
        on risk_factors.risk_date between scenarios.window_from and scenarios.window_to
    inner join factor_definitions on risk_factors.factor_id = factor_definitions.factor_id

    where risk_factors.factor_value is not null

    group by all

    having
        min(risk_factors.risk_date) <= min(scenarios.window_from) + {{ tolerance }}
        and max(risk_factors.risk_date) >= max(scenarios.window_to) - {{ tolerance }}

),

-- A price of nothing or less has no relative change.
replayed as (

    select
        scenario_id,
        scenario_version,
        1 as step,
        factor_id,
        if(
            quote in ('price', 'index') and first_value > 0 and last_value > 0,
            'relative', 'absolute'
        ) as shock_type,
        if(
            shock_type = 'relative', last_value / first_value - 1, last_value - first_value
        ) as shock_value,
        first_value as base_value,
        'replayed' as source -- noqa: RF04

    from moves

    anti join declared using (scenario_id, scenario_version, factor_id)

),

united as (

    select * from declared
    union all
    select * from replayed

)

select
    scenario_id,
    scenario_version,
    cast(step as integer) as step,
    factor_id,
    shock_type,
    cast(shock_value as double) as shock_value,
    cast(base_value as double) as base_value,
    source

from united

anti join refused using (scenario_id, scenario_version)

order by scenario_id, scenario_version, step, factor_id
