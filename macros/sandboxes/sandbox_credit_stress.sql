{#- What the credit books of a sandbox are expected to lose, before and under each macro scenario. -#}
{% macro sandbox_credit_stress(sandbox_id) -%}
    {{ return(adapter.dispatch('sandbox_credit_stress', 'dbt_model_risk')(sandbox_id)) }}
{%- endmacro %}

{% macro default__sandbox_credit_stress(sandbox_id) %}
with

models as (

    {{ dbt_model_risk.known_rows('models') }} and sandbox_id = '{{ sandbox_id }}'

),

scenarios as (

    {{ dbt_model_risk.known_rows('scenarios') }}

),

stressed as (

    select * from {{ ref('met_credit_stress') }}
    where sandbox_id = '{{ sandbox_id }}'

)

select
    concat_ws('|', stressed.book_id, coalesce(stressed.scenario_id, 'none')) as credit_stress_key,
    {{ dbt_model_risk.as_of_date() }} as as_of_date,
    stressed.sandbox_id,
    stressed.model_id,
    models.name as model_name,
    stressed.portfolio_id,
    stressed.book_id,
    cast(stressed.book_date as date) as book_date,
    stressed.currency,
    stressed.scenario_id,
    stressed.scenario_version,
    scenarios.name as scenario_name,
    scenarios.kind as scenario_kind,
    scenarios.status as scenario_status,
    stressed.satellite_id,
    stressed.driver_factor_id,
    stressed.driver_scenario,
    stressed.driver_shift,
    stressed.exposure_amount,
    stressed.pd_base,
    stressed.pd_stressed,
    stressed.lgd_base,
    stressed.lgd_stressed,
    stressed.expected_loss_base,
    stressed.expected_loss_stressed,
    stressed.stressed_ci_low,
    stressed.stressed_ci_high,
    stressed.expected_loss_stressed - stressed.expected_loss_base as expected_loss_change,
    stressed.stress_multiplier,
    stressed.status_reason

from stressed

left join models on stressed.model_id = models.model_id
left join scenarios
    on
        stressed.scenario_id = scenarios.scenario_id
        and stressed.scenario_version = scenarios.scenario_version
{% endmacro %}
