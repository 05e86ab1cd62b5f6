{#- Whether new limits are nowhere looser than the ones above them; a limit left empty stays as it is. -#}
{% macro is_tightening(direction, amber, red, amber_above, red_above) -%}
    case {{ direction }}
        when 'higher_is_worse' then
            coalesce({{ amber }} <= {{ amber_above }}, true)
            and coalesce({{ red }} <= {{ red_above }}, true)
        else
            coalesce({{ amber }} >= {{ amber_above }}, true)
            and coalesce({{ red }} >= {{ red_above }}, true)
    end
{%- endmacro %}
