{#- How far a sandbox's limits are used, day by day. -#}
{% macro sandbox_limit_utilisation(sandbox_id) -%}
    {{ return(adapter.dispatch('sandbox_limit_utilisation', 'dbt_model_risk')(sandbox_id)) }}
{%- endmacro %}

{% macro default__sandbox_limit_utilisation(sandbox_id) %}
with

utilisation as (

    select * from {{ ref('met_limit_utilisation') }}
    where sandbox_id = '{{ sandbox_id }}'

)

select
    concat_ws('|', limit_id, coalesce(cast(risk_date as varchar), '-')) as limit_utilisation_key,
    {{ dbt_model_risk.as_of_date() }} as as_of_date,
    sandbox_id,
    limit_id,
    parent_limit_id,
    portfolio_id,
    measure,
    measure_detail,
    model_id,
    model_version,
    {{ dbt_model_risk.model_version_key() }} as model_version_key,
    owner_id,
    risk_date,
    known_date,
    is_latest,
    is_in_force,
    unit,
    exposure,
    side,
    base_limit,
    temporary_limit_id,
    limit_in_force,
    headroom,
    utilisation,
    model_risk_buffer,
    buffered_utilisation,
    rag_status,
    {{ dbt_model_risk.status_rank('rag_status') }} as status_rank,
    status_reason

from utilisation
{% endmacro %}
