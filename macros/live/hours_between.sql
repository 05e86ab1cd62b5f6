{#- Hours from one instant to a later one; 0 where it is not later. -#}
{% macro hours_between(first, second) -%}
    greatest(date_diff('second', {{ first }}, {{ second }}), 0) / 3600
{%- endmacro %}
