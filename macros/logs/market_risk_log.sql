{#- A market-risk log (one day, portfolio and model version) in the contract's names and types, with the reason
    a row cannot be used. A forecast made on or after its day is look-ahead and cannot. -#}
{% macro market_risk_log(relation, columns={}) %}
    {%- set mandatory = [
        'risk_date', 'portfolio_id', 'model_id', 'model_version', 'var_990', 'pnl_actual', 'loaded_at'
    ] -%}
    {%- set optional = [
        'var_975', 'es_975', 'var_98125', 'var_98750', 'var_99375', 'var_990_prior_positions', 'pnl_hypothetical',
        'pnl_risk_theoretical', 'forecast_at'
    ] -%}
    {%- if execute -%}
        {%- do dbt_model_risk.check_log_columns(model, relation, columns, mandatory, optional) -%}
    {%- endif -%}
    {%- set columns = dbt_model_risk.without_missing_codes(model, columns) -%}
    {%- set named = dbt_model_risk.role_columns(model) | map(attribute='name') | list -%}
    {%- set risk_date = columns.get('risk_date', 'risk_date') -%}
    {%- set forecast_at = columns.get('forecast_at', 'forecast_at') -%}
with

source as (

    select * from {{ relation }}

)

select
    {%- for column in dbt_model_risk.role_columns(model) %}
    {{ dbt_model_risk.log_column(columns.get(column.name, column.name), column) }} as {{ column.name }},
    {%- endfor %}
    {%- for name in optional if name not in named and name != 'forecast_at' %}
    cast(null as double) as {{ name }},
    {%- endfor %}
    {%- if 'forecast_at' not in named %}
    cast(null as timestamp) as forecast_at,
    {%- endif %}
    case
        {%- for name in ['risk_date', 'portfolio_id', 'model_id', 'model_version'] %}
        when {{ columns.get(name, name) }} is null then 'null_key'
        {%- endfor %}
        when {{ dbt_model_risk.safe_cast(risk_date, 'date') }} is null then 'unparseable_time'
        {{ dbt_model_risk.time_rejects([columns.get('loaded_at', 'loaded_at')]) }}
        {%- if 'forecast_at' in named %}
        when cast({{ dbt_model_risk.safe_cast(forecast_at, 'timestamp') }} as date) >= {{ dbt_model_risk.safe_cast(risk_date, 'date') }}
            then 'forecast_not_before_day'
        {%- endif %}
    end as reject_reason

from source
{% endmacro %}


{#- The figures of a market-risk day: VaR and ES by confidence level, VaR of yesterday's positions in today's market,
    and the three kinds of profit and loss. -#}
{% macro market_risk_figures() %}
    {{ return([
        'var_990', 'var_975', 'es_975', 'var_98125', 'var_98750', 'var_99375', 'var_990_prior_positions',
        'pnl_actual', 'pnl_hypothetical', 'pnl_risk_theoretical'
    ]) }}
{% endmacro %}
