{#- The share of a red limit used up; above 1 it is broken. A limit of zero has no share, nor has a value that is
    as good as zero, as of a p-value, where lower is worse: the share has no bound. -#}
{% macro utilisation(value, red, direction) -%}
    case {{ direction }}
        when 'higher_is_worse' then {{ value }} / nullif({{ red }}, 0)
        when 'lower_is_worse'
            then
                case
                    when abs({{ value }}) > 1e-12 * abs({{ red }}) then {{ red }} / {{ value }}
                end
    end
{%- endmacro %}
