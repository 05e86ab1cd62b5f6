{#- A prediction log in the contract's names and types, with the reason a row cannot be used (null: it can).
    The model's own YAML gives every column's role; `columns` maps a column to a source expression. -#}
{% macro prediction_log(relation, columns={}) %}
    {%- set mandatory = [
        'prediction_id', 'model_id', 'model_version', 'predicted_at', 'loaded_at', 'score'
    ] -%}
    {%- set optional = [
        'entity_id', 'predicted_class', 'predicted_value', 'score_lower', 'score_upper', 'decision',
        'override_decision', 'override_reason', 'variant', 'exposure_amount', 'artifact_sha256'
    ] -%}
    {%- if execute -%}
        {%- do dbt_model_risk.check_log_columns(model, relation, columns, mandatory, optional) -%}
    {%- endif -%}
    {%- set columns = dbt_model_risk.without_missing_codes(model, columns) -%}
    {%- set score = columns.get('score', 'score') -%}
    {%- set predicted_at = columns.get('predicted_at', 'predicted_at') -%}
    {%- set loaded_at = columns.get('loaded_at', 'loaded_at') -%}
    {%- set predicted_class = columns.get('predicted_class', 'predicted_class') -%}
    {%- set classes = dbt_model_risk.role_columns(model, ['predicted_class']) | map(attribute='meta')
        | map(attribute='classes') | first -%}
    {%- set scale = dbt_model_risk.role_columns(model, ['score']) | map(attribute='meta') | map(attribute='scale') | first -%}
with

source as (

    select * from {{ relation }}

),

judged as (

    select
        {%- for column in dbt_model_risk.role_columns(model) %}
            {%- set expression = columns.get(column.name, adapter.quote(column.name)) %}
        {{ dbt_model_risk.log_column(expression, column) }} as {{ adapter.quote(column.name) }},
        {%- endfor %}
        case
            when {{ columns.get('prediction_id', 'prediction_id') }} is null then 'null_key'
            when {{ columns.get('model_id', 'model_id') }} is null then 'null_key'
            when {{ columns.get('model_version', 'model_version') }} is null then 'null_key'
            {{ dbt_model_risk.time_rejects([predicted_at, loaded_at]) }}
            when {{ score }} is null then 'null_score'
            when {{ dbt_model_risk.finite(score) }} is null then 'score_not_finite'
            {%- if scale == 'probability' %}
            when {{ dbt_model_risk.safe_cast(score, 'double') }} not between 0 and 1 then 'score_out_of_scale'
            {%- endif %}
            {%- if classes %}
            when {{ predicted_class }} is null or {{ predicted_class }} not in ({{ dbt_model_risk.text_list(classes) }})
                then 'class_not_in_domain'
            {%- endif %}
            when
                {{ dbt_model_risk.safe_cast(loaded_at, 'timestamp') }}
                < {{ dbt_model_risk.safe_cast(predicted_at, 'timestamp') }}
                then 'loaded_before_predicted'
        end as reject_reason

    from source

)

select * from judged
{% endmacro %}


{#- One column of a log: times and numbers are read safely, everything else is text. -#}
{% macro log_column(expression, column) %}
    {%- if column.role in ('predicted_at', 'loaded_at', 'observed_at', 'forecast_at') -%}
        {{ dbt_model_risk.safe_cast(expression, 'timestamp') }}
    {%- elif column.role == 'risk_date' -%}
        {{ dbt_model_risk.safe_cast(expression, 'date') }}
    {%- elif dbt_model_risk.is_numeric_type(column.data_type) and column.role in (
        'feature', 'score', 'score_lower', 'score_upper', 'predicted_value', 'exposure_amount', 'outcome', 'amount',
        'var_990', 'var_975', 'es_975', 'pnl_actual', 'pnl_hypothetical', 'pnl_risk_theoretical',
        'var_98125', 'var_98750', 'var_99375', 'var_990_prior_positions', 'market_value', 'quantity', 'delta',
        'gamma', 'vega', 'shift_size', 'factor_value', 'step', 'base_value', 'scenario_value', 'valuation', 'fair_value'
    ) -%}
        {{ dbt_model_risk.finite(expression) }}
    {%- else -%}
        cast({{ expression }} as varchar)
    {%- endif -%}
{% endmacro %}


{#- Cases for times that are missing or unreadable. -#}
{% macro time_rejects(expressions) %}
    {%- for expression in expressions %}
            when {{ expression }} is null then 'null_time'
            when {{ dbt_model_risk.safe_cast(expression, 'timestamp') }} is null then 'unparseable_time'
    {%- endfor %}
{% endmacro %}
