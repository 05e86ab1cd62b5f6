{#- The accepted rows of a log of holdings; a correction is the same key learned on a later day. -#}
{% macro evidence_holdings(log, kind) %}
    {{ config(materialized='table') }}
    {%- set columns = dbt_model_risk.holding_columns(kind) -%}
with

dated as (

    {{ dbt_model_risk.dated_holdings(log, kind) }}

)

select
    '{{ log }}' as log_id,
    {%- for name, type in columns.items() %}
    cast({{ name }} as {{ type }}) as {{ name }},
    {%- endfor %}
    known_date,
    loaded_at

from dated

where recency = 1
{% endmacro %}


{#- What the log's usable rows are, and which of a key's rows of one day counts: the last to arrive. -#}
{% macro dated_holdings(log, kind) -%}
    {%- set columns = dbt_model_risk.holding_columns(kind) -%}
    {%- set keys = dbt_model_risk.holding_kinds()[kind]['keys'] -%}
    select
        *,
        cast(loaded_at as date) as known_date,
        row_number() over (
            partition by {{ keys | join(', ') }}, cast(loaded_at as date)
            order by loaded_at desc, {{ columns.keys() | reject('in', keys) | map('string') | join(' desc, ') }} desc
        ) as recency

    from {{ ref('stg_' ~ log) }}

    where reject_reason is null and loaded_at < {{ dbt_model_risk.as_of_date() }} + interval '1' day
{%- endmacro %}


{#- Of every key the row learned last on or before the as-of date. -#}
{% macro known_days(evidence, keys) -%}
    select * from {{ ref(evidence) }}
    where known_date <= {{ dbt_model_risk.as_of_date() }}
    qualify
        row_number() over (
            partition by {{ keys | join(', ') }}
            order by known_date desc, loaded_at desc, log_id asc
        ) = 1
{%- endmacro %}


{#- The evidence of every log of one kind of holdings, one under the other. -#}
{% macro union_holdings(kind) -%}
    {%- set columns = {'log_id': 'varchar'} -%}
    {%- do columns.update(dbt_model_risk.holding_columns(kind)) -%}
    {%- do columns.update({'known_date': 'date', 'loaded_at': 'timestamp'}) -%}
    {{ dbt_model_risk.union_logs('evd_', '__' ~ kind, var('holding_logs').get(kind, []), columns) }}
{%- endmacro %}
