{#- The value as a type, or null where it cannot be read. -#}
{% macro safe_cast(expression, type) -%}
    {{ return(adapter.dispatch('safe_cast', 'dbt_model_risk')(expression, type)) }}
{%- endmacro %}

{% macro default__safe_cast(expression, type) -%} cast({{ expression }} as {{ type }}) {%- endmacro %}

{% macro duckdb__safe_cast(expression, type) -%} try_cast({{ expression }} as {{ type }}) {%- endmacro %}
