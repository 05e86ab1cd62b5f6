{#- The rows of an effective-dated register that were known and in force on the as-of date. -#}
{% macro rows_in_force(register) -%}
    {{ dbt_model_risk.known_rows(register) }}
        and effective_from <= {{ dbt_model_risk.as_of_date() }}
        and coalesce(effective_to > {{ dbt_model_risk.as_of_date() }}, true)
{%- endmacro %}
