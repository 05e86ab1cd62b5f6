{#- The last validation of every version that was finished and known by the as-of date, of those that a condition lets
    through. -#}
{% macro last_validations(condition='true') -%}
    select *
    from {{ ref('validations') }}
    where
        cast(recorded_at as date) <= {{ dbt_model_risk.as_of_date() }}
        and finished_on <= {{ dbt_model_risk.as_of_date() }}
        and {{ condition }}
    qualify
        row_number() over (
            partition by model_id, model_version order by finished_on desc, validation_id desc
        ) = 1
{%- endmacro %}
