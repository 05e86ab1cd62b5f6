{#- The rows of a market-risk log that no evidence counts, each with its reason. -#}
{% macro quarantined_days(log) %}
with

days as (

    select * from {{ ref('stg_' ~ log) }}

),

versions as (

    select * from {{ ref('stg_registered_versions') }}

),

models as (

    select distinct model_id from {{ ref('models') }}

),

known_days as (

    select
        days.*,
        models.model_id is not null as is_known_model,
        versions.model_id is not null as is_known_version,
        greatest(cast(days.loaded_at as date), versions.registered_date) as known_date

    from days

    left join models on days.model_id = models.model_id
    left join versions
        on days.model_id = versions.model_id and days.model_version = versions.model_version

),

-- the evidence keeps the last of a day's rows that it learned on one date; a rejected row displaces none
accepted as (

    select
        known_days.*,
        row_number() over (
            partition by risk_date, portfolio_id, model_id, model_version, known_date
            order by loaded_at desc, var_990 desc, pnl_actual desc
        ) as recency

    from known_days

    where
        reject_reason is null
        and is_known_version
        and loaded_at < {{ dbt_model_risk.as_of_date() }} + interval '1' day

)

select
    risk_date,
    portfolio_id,
    model_id,
    model_version,
    loaded_at,
    'duplicate_key' as reject_reason

from accepted

where recency > 1

union all

select
    risk_date,
    portfolio_id,
    model_id,
    model_version,
    loaded_at,
    case
        when reject_reason is not null then reject_reason
        when loaded_at >= {{ dbt_model_risk.as_of_date() }} + interval '1' day then 'loaded_in_future'
        when not is_known_model then 'unknown_model'
        else 'unknown_version'
    end as reject_reason

from known_days

where
    reject_reason is not null
    or not is_known_version
    or loaded_at >= {{ dbt_model_risk.as_of_date() }} + interval '1' day
{% endmacro %}
