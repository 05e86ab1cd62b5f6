{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ dbt_model_risk.generate_schema_name(custom_schema_name, node) }}
{%- endmacro %}

{% macro generate_alias_name(custom_alias_name=none, node=none) -%}
    {{ dbt_model_risk.generate_alias_name(custom_alias_name, node) }}
{%- endmacro %}
