{#- A register as it was known on the as-of date: a row recorded later did not exist yet. -#}
{% macro known_rows(register) -%}
    select *
    from {{ ref(register) }}
    where
        cast(recorded_at as date) <= {{ dbt_model_risk.as_of_date() }}
{%- endmacro %}
