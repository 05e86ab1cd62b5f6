{#- Which way an indicator moves, in words. A change within the value's own error is no movement;
    the floor of 1e-12 keeps the rounding of doubles from reading as one. -#}
{% macro trend(change, direction, error_bound) -%}
    case
        when {{ change }} is null then null
        when abs({{ change }}) <= greatest(coalesce({{ error_bound }}, 0), 1e-12) then 'steady'
        when ({{ change }} > 0) = ({{ direction }} = 'higher_is_worse') then 'worse'
        else 'better'
    end
{%- endmacro %}
