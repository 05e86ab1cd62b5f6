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

numbered as (

    select
        days.*,
        row_number() over (
            partition by days.risk_date, days.portfolio_id, days.model_id, days.model_version, days.loaded_at
            order by days.var_990 desc, days.pnl_actual desc
        ) as copy_number

    from days

),

judged as (

    select
        numbered.risk_date,
        numbered.portfolio_id,
        numbered.model_id,
        numbered.model_version,
        numbered.loaded_at,
        case
            when numbered.reject_reason is not null then numbered.reject_reason
            when numbered.loaded_at >= {{ dbt_model_risk.as_of_date() }} + interval '1' day then 'loaded_in_future'
            when models.model_id is null then 'unknown_model'
            when versions.model_id is null then 'unknown_version'
            when numbered.copy_number > 1 then 'duplicate_key'
        end as reject_reason

    from numbered

    left join models on numbered.model_id = models.model_id
    left join versions
        on numbered.model_id = versions.model_id and numbered.model_version = versions.model_version

)

select * from judged where reject_reason is not null
{% endmacro %}
