{#- A value of a declaration as a number, or none where it is not one. YAML reads 1e6 as text and yes as a boolean. -#}
{% macro declared_number(value) %}
    {%- if value is none or value is boolean -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set number = (value | string) | float(none) -%}
    {%- if number is none or (number | string) in ('nan', 'inf', '-inf') -%}
        {{ return(none) }}
    {%- endif -%}
    {{ return(number) }}
{% endmacro %}


{#- A value of a declaration as staging would write it as text. -#}
{% macro declared_text(value) %}
    {{ return((value | string | lower) if value is boolean else (value | string)) }}
{% endmacro %}


{% macro text_list(texts) -%}
    {%- for text in texts -%}
        '{{ text | replace("'", "''") }}'{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
