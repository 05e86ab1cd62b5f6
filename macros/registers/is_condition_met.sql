{#- Whether a row of the CTE `approval_conditions` was met by the as-of date, with a document that proves it. -#}
{% macro is_condition_met() -%}
    coalesce(
        approval_conditions.met_on <= {{ dbt_model_risk.as_of_date() }}
        and approval_conditions.evidence_document is not null,
        false
    )
{%- endmacro %}
