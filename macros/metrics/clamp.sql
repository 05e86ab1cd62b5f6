{#- The value kept inside [low, high]; null stays null, which greatest() and least() would skip. -#}
{% macro clamp(expression, low, high) -%}
    case
        when {{ expression }} < {{ low }} then {{ low }}
        when {{ expression }} > {{ high }} then {{ high }}
        else {{ expression }}
    end
{%- endmacro %}
