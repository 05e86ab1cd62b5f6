{#- How much of a sandbox's market-risk figures is the choice of the model, the luck of the sample or a valuation. -#}
{% macro sandbox_model_uncertainty(sandbox_id) -%}
    {{ return(adapter.dispatch('sandbox_model_uncertainty', 'dbt_model_risk')(sandbox_id)) }}
{%- endmacro %}

{% macro default__sandbox_model_uncertainty(sandbox_id) %}
with

models as (

    {{ dbt_model_risk.known_rows('models') }} and sandbox_id = '{{ sandbox_id }}'

),

verdicts as (

    select * from {{ ref('pol_evaluations') }}
    where policy_id = 'model_dispersion'

),

figures as (

    select * from {{ ref('met_model_uncertainty') }}

),

last_days as (

    select
        model_id,
        model_version,
        portfolio_id,
        max(risk_date) as risk_date,
        arg_max(var_990, risk_date) as var_990,
        arg_max(es_975, risk_date) as es_975,
        bool_or(is_lead) as is_lead

    from {{ ref('met_book_days') }}

    group by all

)

select
    concat_ws(
        '|', figures.model_id, figures.model_version, figures.segment_value, figures.metric,
        coalesce(figures.variable, 'none')
    ) as model_uncertainty_key,
    {{ dbt_model_risk.as_of_date() }} as as_of_date,
    models.sandbox_id,
    figures.model_id,
    models.name as model_name,
    figures.model_version,
    {{ dbt_model_risk.model_version_key('figures.model_id', 'figures.model_version') }} as model_version_key,
    models.declared_tier as model_tier,
    figures.segment_value as portfolio_id,
    last_days.is_lead,
    last_days.risk_date,
    figures.metric as measure,
    figures.variable as figure,
    case figures.variable
        when 'var_990' then last_days.var_990
        when 'es_975' then last_days.es_975
    end as champion_amount,
    figures.value as measure_value,
    case
        when figures.metric in ('model_dispersion', 'model_risk_ratio') then 'ratio'
        else 'amount'
    end as unit,
    figures.ci_low,
    figures.ci_high,
    cast(figures.sample_size as bigint) as sample_size,
    case
        when figures.metric = 'model_dispersion' and figures.variable = 'var_990'
            then coalesce(verdicts.rag_status, 'grey')
    end as rag_status,
    figures.status_reason,
    figures.convention_id

from figures

inner join models on figures.model_id = models.model_id
left join last_days
    on
        figures.model_id = last_days.model_id
        and figures.model_version = last_days.model_version
        and figures.segment_value = last_days.portfolio_id
left join verdicts
    on
        figures.model_id = verdicts.model_id
        and figures.model_version = verdicts.model_version
        and figures.segment_value = verdicts.segment_value
{% endmacro %}
