{#- The components every roll-up of verdicts keeps: how many, and how many of each status. -#}
{% macro status_counts(rag_status='rag_status') -%}
    count(*) as n_total,
    {%- for status in ['green', 'amber', 'red', 'grey'] %}
    count(*) filter (where {{ rag_status }} = '{{ status }}') as n_{{ status }}
    {{- ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
