{#- One text column for a model version: BI tools join on a single column. -#}
{% macro model_version_key(model_id='model_id', model_version='model_version') -%}
    {{ model_id }} || '@' || {{ model_version }}
{%- endmacro %}
