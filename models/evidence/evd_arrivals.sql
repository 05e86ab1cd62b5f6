{#- How long predictions of the live logs took to arrive, as counts: append-only by load day. A run
    reads what was loaded since the last load day it knows of each log. -#}
{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['log_id', 'loaded_date'],
    tags=['intraday']
) }}
{%- set logs = live_logs() -%}
{%- set since = arrivals_since() -%}

{% for log in logs -%}
{{ 'union all' if not loop.first }}
select
    '{{ log }}' as log_id,
    model_id,
    model_version,
    event_date,
    loaded_date,
    lag_minutes,
    cast(count(*) as bigint) as n,
    max(predicted_at) as last_event_at,
    max(loaded_at) as last_loaded_at

from (
    select
        model_id,
        model_version,
        event_date,
        loaded_date,
        predicted_at,
        loaded_at,
        {{ lag_cell("floor(" ~ dbt.datediff('predicted_at', 'loaded_at', 'second') ~ " / 60)") }}
            as lag_minutes
    from {{ ref('stg_' ~ log ~ '__admitted') }}
    where
        reject_reason is null
        {%- if log in since %}
        and loaded_date >= date '{{ since[log] }}'
        {%- endif %}
) as placed

group by
    model_id,
    model_version,
    event_date,
    loaded_date,
    lag_minutes
{% else -%}
select
    cast(null as varchar) as log_id,
    cast(null as varchar) as model_id,
    cast(null as varchar) as model_version,
    cast(null as date) as event_date,
    cast(null as date) as loaded_date,
    cast(null as bigint) as lag_minutes,
    cast(null as bigint) as n,
    cast(null as timestamp) as last_event_at,
    cast(null as timestamp) as last_loaded_at

where 1 = 0
{% endfor %}
