{#- The traffic light of every day of a sandbox's portfolios, for charts. -#}
{% macro sandbox_var_backtest_history(sandbox_id) -%}
    {{ return(adapter.dispatch('sandbox_var_backtest_history', 'dbt_model_risk')(sandbox_id)) }}
{%- endmacro %}

{% macro default__sandbox_var_backtest_history(sandbox_id) %}
with

models as (

    {{ dbt_model_risk.models_with('market_risk') }} and sandbox_id = '{{ sandbox_id }}'

),

history as (

    select * from {{ ref('met_backtest_history') }}

)

select
    concat_ws(
        '|', history.model_id, history.model_version, history.portfolio_id, history.pnl_judged,
        history.risk_date
    ) as var_backtest_history_key,
    {{ dbt_model_risk.as_of_date() }} as as_of_date,
    models.sandbox_id,
    history.model_id,
    models.name as model_name,
    history.model_version,
    {{ dbt_model_risk.model_version_key('history.model_id', 'history.model_version') }}
        as model_version_key,
    history.portfolio_id,
    history.pnl_judged,
    history.risk_date,
    history.var_990,
    history.pnl,
    history.is_exception,
    history.window_exceptions,
    history.window_days,
    history.is_full_window,
    history.zone as rag_status,
    history.zone_since,
    history.add_on_mar32_9

from history

inner join models on history.model_id = models.model_id
{% endmacro %}
