{#- The date a build answers for, as a SQL literal. -#}
{% macro as_of_date() -%} cast('{{ var("as_of_date") }}' as date) {%- endmacro %}
