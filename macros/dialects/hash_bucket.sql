{#- A bucket from 0 to buckets - 1 that depends on the value alone: the same rows are sampled every time. -#}
{% macro hash_bucket(expression, buckets) -%}
    {{ return(adapter.dispatch('hash_bucket', 'dbt_model_risk')(expression, buckets)) }}
{%- endmacro %}

{% macro default__hash_bucket(expression, buckets) -%}
    mod(abs(hash({{ expression }})), {{ buckets }})
{%- endmacro %}

{% macro duckdb__hash_bucket(expression, buckets) -%}
    (hash({{ expression }}) % {{ buckets }})
{%- endmacro %}

{% macro postgres__hash_bucket(expression, buckets) -%}
    mod(abs(cast(hashtext({{ expression }}) as bigint)), {{ buckets }})
{%- endmacro %}
