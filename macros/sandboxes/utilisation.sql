{#- The share of a red limit used up; above 1 it is broken. A limit of zero has no share. -#}
{% macro utilisation(value, red, direction) -%}
    case {{ direction }}
        when 'higher_is_worse' then {{ value }} / nullif({{ red }}, 0)
        when 'lower_is_worse' then {{ red }} / nullif({{ value }}, 0)
    end
{%- endmacro %}
