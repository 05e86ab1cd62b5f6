{#- What a sandbox's portfolios rest on and how they did, beside what their mandates allow. A mandate's limit is not
    crossed by a value that lies on it. -#}
{% macro sandbox_portfolio_profile(sandbox_id) -%}
    {{ return(adapter.dispatch('sandbox_portfolio_profile', 'dbt_model_risk')(sandbox_id)) }}
{%- endmacro %}

{% macro default__sandbox_portfolio_profile(sandbox_id) %}
with

models as (

    {{ dbt_model_risk.known_rows('models') }} and sandbox_id = '{{ sandbox_id }}'

),

mandates as (

    {{ dbt_model_risk.known_rows('mandates') }} and sandbox_id = '{{ sandbox_id }}'
    qualify row_number() over (partition by portfolio_id order by recorded_at desc) = 1

),

measured as (

    select
        'concentration' as topic,
        {{ dbt_model_risk.metric_columns() }}

    from {{ ref('met_concentration') }}

    union all

    select
        'performance' as topic,
        {{ dbt_model_risk.metric_columns() }}

    from {{ ref('met_portfolio_performance') }}

),

limited as (

    select
        measured.*,
        models.sandbox_id,
        mandates.benchmark_factor_id,
        mandates.capital_amount,
        case measured.metric
            when 'sharpe_ratio' then mandates.minimum_sharpe
            when 'max_drawdown' then -mandates.maximum_drawdown
            when 'beta' then mandates.minimum_beta
        end as lower_limit,
        case measured.metric
            when 'tracking_error' then mandates.maximum_tracking_error
            when 'beta' then mandates.maximum_beta
        end as upper_limit

    from measured

    inner join models on measured.model_id = models.model_id
    left join mandates on measured.segment_value = mandates.portfolio_id

)

select
    concat_ws('|', segment_value, metric, coalesce(variable, 'none')) as portfolio_profile_key,
    {{ dbt_model_risk.as_of_date() }} as as_of_date,
    sandbox_id,
    segment_value as portfolio_id,
    model_id,
    model_version,
    topic,
    metric as measure,
    variable as name_kind,
    value as measure_value,
    lower_limit,
    upper_limit,
    case
        when value is null or (lower_limit is null and upper_limit is null) then 'grey'
        when value < lower_limit or value > upper_limit then 'red'
        else 'green'
    end as rag_status,
    case
        when value is not null and lower_limit is null and upper_limit is null
            then coalesce(status_reason, 'no_limit')
        else status_reason
    end as status_reason,
    cast(sample_size as bigint) as sample_size,
    benchmark_factor_id,
    capital_amount,
    convention_id

from limited
{% endmacro %}
