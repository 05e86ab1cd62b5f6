{#- Whether amber warns before red, or with it where nothing is tolerated. -#}
{% macro limits_in_order(direction, amber, red) -%}
    case {{ direction }}
        when 'higher_is_worse' then {{ amber }} <= {{ red }}
        else {{ amber }} >= {{ red }}
    end
{%- endmacro %}
