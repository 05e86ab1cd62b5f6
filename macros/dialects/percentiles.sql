{#- The expressions of several percentiles of one column, in the order of the shares: 'cont' between values, 'disc' a
    value that occurs. -#}
{% macro percentiles(kind, column, shares) -%}
    {{ return(adapter.dispatch('percentiles', 'dbt_model_risk')(kind, column, shares)) }}
{%- endmacro %}


{% macro default__percentiles(kind, column, shares) %}
    {%- set expressions = [] -%}
    {%- for share in shares -%}
        {%- do expressions.append('percentile_' ~ kind ~ '(' ~ share ~ ') within group (order by ' ~ column ~ ')') -%}
    {%- endfor -%}
    {{ return(expressions) }}
{% endmacro %}


{#- One aggregate for all shares: DuckDB keeps every value once, not once per share. -#}
{% macro duckdb__percentiles(kind, column, shares) %}
    {%- set expressions = [] -%}
    {%- for share in shares -%}
        {%- do expressions.append('quantile_' ~ kind ~ '(' ~ column ~ ', ' ~ shares ~ ')[' ~ loop.index ~ ']') -%}
    {%- endfor -%}
    {{ return(expressions) }}
{% endmacro %}
