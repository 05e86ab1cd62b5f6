{#- One end of the 95 % Wilson score interval of a rate; side is '-' or '+'. Null without trials.
    Wilson (1927), J. Am. Stat. Assoc. 22, 209-212. -#}
{% macro wilson_bound(successes, trials, side) -%}
    {%- set z = 1.959963984540054 -%}
    {%- set n = 'cast(nullif(' ~ trials ~ ', 0) as double)' -%}
    {%- set p = '(' ~ successes ~ ' / ' ~ n ~ ')' -%}
    {%- set bound -%}
        ({{ p }} + {{ z * z / 2 }} / {{ n }} {{ side }} {{ z }} * sqrt(
            greatest(0, {{ p }} * (1 - {{ p }})) / {{ n }} + {{ z * z / 4 }} / {{ n }} / {{ n }}
        )) / (1 + {{ z * z }} / {{ n }})
    {%- endset -%}
    {{ dbt_model_risk.clamp(bound, 0, 1) }}
{%- endmacro %}
