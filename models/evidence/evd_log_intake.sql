{#- Counted by load day: a run counts the days on which rows arrived or their cure did, and replaces
    them. -#}
{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['log_id', 'log_kind', 'loaded_date']
) }}

with

received as (

    {% for log in var('prediction_logs') + var('market_risk_logs') -%}
    {{ 'union all' if not loop.first }}

    {{ intake(log, 'market_risk' if log in var('market_risk_logs') else 'prediction') }}

    {% else -%}
    select
        cast(null as varchar) as log_id,
        cast(null as varchar) as log_kind,
        cast(null as varchar) as model_id,
        cast(null as varchar) as model_version,
        cast(null as date) as event_date,
        cast(null as date) as known_date,
        cast(null as date) as loaded_date,
        cast(null as varchar) as reject_reason,
        0 as n

    where 1 = 0
    {%- endfor %}

)

select
    log_id,
    coalesce(model_id, '(missing)') as model_id,
    coalesce(model_version, '(missing)') as model_version,
    log_kind,
    event_date,
    known_date,
    loaded_date,
    reject_reason,
    cast(sum(n) as bigint) as n

from received

group by
    log_id,
    coalesce(model_id, '(missing)'),
    coalesce(model_version, '(missing)'),
    log_kind,
    event_date,
    known_date,
    loaded_date,
    reject_reason

having sum(n) <> 0
