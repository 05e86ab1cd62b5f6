{#- A layer's schema is named like its folder, in every target: evidence is `evidence`. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
