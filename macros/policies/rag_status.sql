{#- The one comparison of a value with its limits. Strict: a value on its limit still holds it.
    Without a value or limits the answer is grey: what was not measured is not green. -#}
{% macro rag_status(value, amber, red, direction) -%}
    case
        when {{ value }} is null or {{ amber }} is null or {{ red }} is null then 'grey'
        when {{ direction }} = 'higher_is_worse' and {{ value }} > {{ red }} then 'red'
        when {{ direction }} = 'lower_is_worse' and {{ value }} < {{ red }} then 'red'
        when {{ direction }} = 'higher_is_worse' and {{ value }} > {{ amber }} then 'amber'
        when {{ direction }} = 'lower_is_worse' and {{ value }} < {{ amber }} then 'amber'
        when {{ direction }} in ('higher_is_worse', 'lower_is_worse') then 'green'
        else 'grey'
    end
{%- endmacro %}
