{#- The days of a market-risk log whose version is registered; a correction is a later known_date of the same day. -#}
{% macro evidence_days(log) %}
    {{ config(materialized='table') }}
with

days as (

    select * from {{ ref('stg_' ~ log) }}
    where reject_reason is null and loaded_at < {{ dbt_model_risk.as_of_date() }} + interval '1' day

),

versions as (

    select * from {{ ref('stg_registered_versions') }}

),

known_days as (

    select
        days.risk_date,
        days.portfolio_id,
        days.model_id,
        days.model_version,
        greatest(cast(days.loaded_at as date), versions.registered_date) as known_date,
        {%- for figure in dbt_model_risk.market_risk_figures() %}
        days.{{ figure }},
        {%- endfor %}
        days.forecast_at,
        days.loaded_at,
        row_number() over (
            partition by
                days.risk_date, days.portfolio_id, days.model_id, days.model_version,
                greatest(cast(days.loaded_at as date), versions.registered_date)
            order by days.loaded_at desc, days.var_990 desc, days.pnl_actual desc
        ) as recency

    from days

    inner join versions
        on days.model_id = versions.model_id and days.model_version = versions.model_version

)

select
    '{{ log }}' as log_id,
    risk_date,
    portfolio_id,
    model_id,
    model_version,
    known_date,
    {%- for figure in dbt_model_risk.market_risk_figures() %}
    {{ figure }},
    {%- endfor %}
    forecast_at,
    loaded_at

from known_days

where recency = 1
{% endmacro %}
