{#- A sum of doubles in decimal arithmetic: no order of rows or threads changes a digit, and a
    correction takes away exactly what it once added. -#}
{% macro exact_sum(expression) -%}
    cast(sum(cast({{ expression }} as decimal(38, 15))) as double)
{%- endmacro %}
