{#- The breaches of a sandbox's limits, who answered them, and why they came about. -#}
{% macro sandbox_limit_breaches(sandbox_id) -%}
    {{ return(adapter.dispatch('sandbox_limit_breaches', 'dbt_model_risk')(sandbox_id)) }}
{%- endmacro %}

{% macro default__sandbox_limit_breaches(sandbox_id) %}
with

breaches as (

    select * from {{ ref('met_limit_breaches') }}
    where sandbox_id = '{{ sandbox_id }}'

)

select
    limit_breach_key,
    {{ dbt_model_risk.as_of_date() }} as as_of_date,
    sandbox_id,
    limit_id,
    portfolio_id,
    measure,
    measure_detail,
    model_id,
    model_version,
    {{ dbt_model_risk.model_version_key() }} as model_version_key,
    owner_id,
    escalation,
    state,
    is_ended,
    opened_on,
    last_seen_on,
    cast(day_count as bigint) as day_count,
    peak_utilisation,
    peak_date,
    severity,
    cause,
    computed_cause,
    is_temporary_excess,
    expired_temporary_limit_id,
    clock_started_on,
    acknowledge_by,
    acknowledged_on,
    acknowledged_by,
    action_taken,
    cast(response_days as bigint) as response_days,
    is_late

from breaches
{% endmacro %}
