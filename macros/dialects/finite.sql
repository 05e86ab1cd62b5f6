{#- A finite double, or null: NaN sorts above every number on the engines in use, so one comparison drops both
    NaN and the infinities. -#}
{% macro finite(expression) -%}
    case
        when abs({{ dbt_model_risk.safe_cast(expression, 'double') }}) <= 1.7976931348623157e308
            then {{ dbt_model_risk.safe_cast(expression, 'double') }}
    end
{%- endmacro %}
