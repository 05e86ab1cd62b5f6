{#- Why an override of the limits above it does not count; null where it does, or where there is none. -#}
{% macro override_refusal(overrides, direction, amber_above, red_above, is_exempt) -%}
    case
        when {{ overrides }}.override_id is null then null
        when {{ overrides }}.approved_by is null or {{ overrides }}.approved_by = {{ overrides }}.requested_by
            then 'not_approved'
        when not {{ dbt_model_risk.limits_in_order(
            direction,
            'coalesce(' ~ overrides ~ '.amber_threshold, ' ~ amber_above ~ ')',
            'coalesce(' ~ overrides ~ '.red_threshold, ' ~ red_above ~ ')'
        ) }} then 'amber_beyond_red'
        when not {{ is_exempt }} and not {{ dbt_model_risk.is_tightening(
            direction, overrides ~ '.amber_threshold', overrides ~ '.red_threshold', amber_above, red_above
        ) }} then 'loosens'
    end
{%- endmacro %}
