{#- What a sandbox's books lose in every scenario in force, by factor class at every step, by factor and position at the
    worst one, beside the loss that is looked for in reverse. -#}
{% macro sandbox_stress_results(sandbox_id) -%}
    {{ return(adapter.dispatch('sandbox_stress_results', 'dbt_model_risk')(sandbox_id)) }}
{%- endmacro %}

{% macro default__sandbox_stress_results(sandbox_id) %}
with

results as (

    select * from {{ ref('met_stress_pnl') }}
    where sandbox_id = '{{ sandbox_id }}'

),

scenarios as (

    {{ dbt_model_risk.known_rows('scenarios') }}
    qualify
        row_number() over (
            partition by scenario_id, scenario_version
            order by recorded_at desc
        ) = 1

),

targets as (

    {{ dbt_model_risk.known_rows('reverse_stress_targets') }}
    qualify row_number() over (partition by sandbox_id, portfolio_id order by recorded_at desc) = 1

)

select
    concat_ws(
        '|', results.scenario_id, results.scenario_version, results.portfolio_id,
        results.breakdown, results.breakdown_value, results.step
    ) as stress_result_key,
    {{ dbt_model_risk.as_of_date() }} as as_of_date,
    cast(results.sandbox_id as varchar) as sandbox_id,
    cast(results.portfolio_id as varchar) as portfolio_id,
    cast(results.risk_date as date) as risk_date,
    cast(results.scenario_id as varchar) as scenario_id,
    cast(results.scenario_version as varchar) as scenario_version,
    scenarios.name as scenario_name,
    scenarios.kind as scenario_kind,
    scenarios.source as scenario_source,
    scenarios.status as scenario_status,
    cast(results.step as integer) as step,
    results.is_worst_step,
    cast(results.breakdown as varchar) as breakdown,
    cast(results.breakdown_value as varchar) as breakdown_value,
    cast(results.contribution_rank as integer) as contribution_rank,
    results.pnl,
    results.pnl_delta,
    results.pnl_gamma,
    results.pnl_vega,
    results.pnl_full,
    results.taylor_error,
    cast(results.method_used as varchar) as method_used,
    targets.target_loss,
    -results.pnl / nullif(targets.target_loss, 0) as target_share,
    cast(results.position_count as bigint) as position_count,
    cast(results.proxy_count as bigint) as proxy_count,
    cast(results.unshocked_count as bigint) as unshocked_count,
    cast(results.status_reason as varchar) as status_reason

from results

left join scenarios
    on
        results.scenario_id = scenarios.scenario_id
        and results.scenario_version = scenarios.scenario_version
left join targets
    on results.sandbox_id = targets.sandbox_id and results.portfolio_id = targets.portfolio_id
{% endmacro %}
