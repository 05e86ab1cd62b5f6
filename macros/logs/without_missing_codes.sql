{#- The source expressions of a log's columns, without the codes that its YAML declares as missing: everything that
    reads such a column, admission too, sees null instead. -#}
{% macro without_missing_codes(node, columns) %}
    {%- set read = columns.copy() -%}
    {%- for column in dbt_model_risk.role_columns(node) if column.meta.get('missing_values') -%}
        {%- do read.update({column.name: dbt_model_risk.without_codes(
            columns.get(column.name, adapter.quote(column.name)), column
        )}) -%}
    {%- endfor -%}
    {{ return(read) }}
{% endmacro %}


{#- One column without its codes. A number is a code whatever its decimals (-999.0), a date also at midnight. Text is
    compared first, since it may be what the number cannot be read from. -#}
{% macro without_codes(expression, column) -%}
    {%- set numbers, texts, times = [], [], [] -%}
    {%- set is_number = dbt_model_risk.is_numeric_type(column.data_type) -%}
    {%- set is_time = column.role in dbt_model_risk.time_roles() -%}
    {%- for code in column.meta.missing_values -%}
        {%- set text = dbt_model_risk.declared_text(code) -%}
        {%- set is_date = modules.re.match('[0-9]{4}-[0-9]{2}-[0-9]{2}$', text) is not none -%}
        {%- if is_number and dbt_model_risk.declared_number(code) is not none -%}
            {%- do numbers.append(dbt_model_risk.double_literal(text)) -%}
        {%- elif is_time and is_date -%}
            {%- do times.append("timestamp '" ~ text ~ " 00:00:00'") -%}
        {%- else -%}
            {%- do texts.extend([text, text ~ ' 00:00:00'] if is_date else [text]) -%}
        {%- endif -%}
    {%- endfor -%}
    case
            {%- if texts %}
            when cast({{ expression }} as varchar) in ({{ dbt_model_risk.text_list(texts) }}) then null
            {%- endif %}
            {%- if numbers %}
            when {{ dbt_model_risk.safe_cast(expression, 'double') }} in ({{ numbers | join(', ') }}) then null
            {%- endif %}
            {%- if times %}
            when {{ dbt_model_risk.safe_cast(expression, 'timestamp') }} in ({{ times | join(', ') }}) then null
            {%- endif %}
            else {{ expression }}
        end
{%- endmacro %}


{% macro time_roles() %}
    {{ return(['predicted_at', 'loaded_at', 'observed_at', 'forecast_at', 'risk_date']) }}
{% endmacro %}
