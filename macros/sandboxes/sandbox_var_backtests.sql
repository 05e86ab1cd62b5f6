{#- Every backtest of a sandbox's VaR and ES models, with the verdict it leads to and since when. -#}
{% macro sandbox_var_backtests(sandbox_id) -%}
    {{ return(adapter.dispatch('sandbox_var_backtests', 'dbt_model_risk')(sandbox_id)) }}
{%- endmacro %}

{% macro default__sandbox_var_backtests(sandbox_id) %}
with

models as (

    {{ dbt_model_risk.models_with('market_risk') }} and sandbox_id = '{{ sandbox_id }}'

),

tests as (

    select * from {{ ref('met_market_risk') }}
    where
        metric_table in (
            'met_backtests', 'met_shortfall_tests', 'met_attribution', 'met_desk_tests'
        )

),

thresholds as (

    select * from {{ ref('pol_thresholds') }}

),

kri_definitions as (

    select * from {{ ref('kri_definitions') }} where source_table = 'market_risk'

),

history as (

    select * from {{ ref('met_backtest_history') }}

),

-- the limits of the policy that reads the figure
limits as (

    select
        kri_definitions.metric,
        thresholds.model_id,
        thresholds.policy_id,
        thresholds.direction,
        thresholds.amber_threshold,
        thresholds.red_threshold

    from thresholds

    inner join kri_definitions on thresholds.kri_id = kri_definitions.kri_id

    qualify
        row_number() over (
            partition by kri_definitions.metric, thresholds.model_id
            order by thresholds.policy_id
        ) = 1

),

period_ends as (

    select
        tests.model_id,
        tests.model_version,
        tests.segment_value,
        tests.period_end,
        history.pnl_judged,
        max_by(
            case history.zone when 'red' then 2 when 'amber' then 1 else 0 end,
            history.risk_date
        ) as zone_rank,
        max_by(history.zone_since, history.risk_date) as zone_since

    from tests

    inner join history
        on
            tests.model_id = history.model_id
            and tests.model_version = history.model_version
            and tests.segment_value = history.portfolio_id
            and tests.period_end >= history.risk_date

    where tests.metric = 'traffic_light_zone' and tests.variable is null

    group by all

),

-- of both P&Ls the worse zone, since the earlier day where both are in it
zones as (

    select
        model_id,
        model_version,
        segment_value,
        period_end,
        pnl_judged as variable,
        zone_since
    from period_ends

    union all

    select
        model_id,
        model_version,
        segment_value,
        period_end,
        null as variable,
        zone_since
    from period_ends
    qualify
        row_number() over (
            partition by model_id, model_version, segment_value, period_end
            order by zone_rank desc, zone_since asc
        ) = 1

),

placed as (

    select
        *,
        case
            when metric like 'desk%' or metric = 'missing_desk_days' then 'desk'
            when metric like 'pla%' then 'attribution'
            when metric like 'acerbi%' or metric like 'es%' then 'expected_shortfall'
            when metric like 'traffic_light%' then 'traffic_light'
            when metric like 'christoffersen%' or metric like 'duration%' then 'independence'
            when metric like 'kupiec%' or metric like 'binomial%' then 'coverage'
            else 'description'
        end as test_family

    from tests

),

judged as (

    select
        placed.*,
        limits.policy_id,
        limits.amber_threshold,
        limits.red_threshold,
        limits.direction,
        zones.zone_since,
        case
            when limits.policy_id is not null then 'policy'
            when placed.metric in ('traffic_light_zone', 'pla_zone') then 'zone'
            when
                placed.test_family in ('coverage', 'independence', 'expected_shortfall')
                and placed.metric not like '%critical%'
                then 'p_value'
        end as verdict_basis

    from placed

    left join limits on placed.metric = limits.metric and placed.model_id = limits.model_id
    left join zones
        on
            placed.model_id = zones.model_id
            and placed.model_version = zones.model_version
            and placed.segment_value = zones.segment_value
            and placed.period_end = zones.period_end
            and placed.variable is not distinct from zones.variable
            and placed.metric in ('traffic_light_zone', 'traffic_light_exceptions')

)

select
    concat_ws(
        '|', judged.model_id, judged.model_version, judged.segment_value, judged.period_grain,
        judged.period_start, judged.metric, coalesce(judged.variable, '-')
    ) as var_backtest_key,
    {{ dbt_model_risk.as_of_date() }} as as_of_date,
    models.sandbox_id,
    judged.model_id,
    models.name as model_name,
    judged.model_version,
    {{ dbt_model_risk.model_version_key('judged.model_id', 'judged.model_version') }}
        as model_version_key,
    judged.segment_value as portfolio_id,
    judged.period_grain,
    judged.period_start,
    judged.period_end,
    judged.test_family,
    judged.metric as test,
    judged.variable as pnl_judged,
    judged.value as test_value,
    judged.p_value,
    judged.ci_low,
    judged.ci_high,
    cast(judged.sample_size as bigint) as sample_size,
    cast(judged.event_count as bigint) as event_count,
    judged.policy_id,
    judged.amber_threshold,
    judged.red_threshold,
    judged.verdict_basis,
    case judged.verdict_basis
        when 'policy' then {{ dbt_model_risk.rag_status(
            'judged.value', 'judged.amber_threshold', 'judged.red_threshold', 'judged.direction'
        ) }}
        when 'zone' then {{ dbt_model_risk.rag_status(
            'judged.value', '0', '1', "'higher_is_worse'"
        ) }}
        when 'p_value' then {{ dbt_model_risk.rag_status(
            'judged.p_value', '0.05', '0.01', "'lower_is_worse'"
        ) }}
    end as rag_status,
    judged.zone_since,
    judged.status_reason,
    judged.convention_id

from judged

inner join models on judged.model_id = models.model_id
{% endmacro %}
