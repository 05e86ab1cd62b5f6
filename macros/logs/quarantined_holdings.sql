{#- The rows of a log of holdings that no evidence keeps, each with its reason. -#}
{% macro quarantined_holdings(log, kind) %}
    {%- set keys = dbt_model_risk.holding_kinds()[kind]['keys'] -%}
with

dated as (

    {{ dbt_model_risk.dated_holdings(log, kind) }}

)

select
    {{ keys | join(',\n    ') }},
    loaded_at,
    'duplicate_key' as reject_reason

from dated

where recency > 1

union all

select
    {{ keys | join(',\n    ') }},
    loaded_at,
    coalesce(reject_reason, 'loaded_in_future') as reject_reason

from {{ ref('stg_' ~ log) }}

where
    reject_reason is not null
    or loaded_at >= {{ dbt_model_risk.as_of_date() }} + interval '1' day
{% endmacro %}
