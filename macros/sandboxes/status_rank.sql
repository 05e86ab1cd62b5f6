{#- Statuses in order of concern, so that the worst of many is a max: green 1, grey 2, amber 3,
    red 4. Grey stands above green because what was not measured is not known to be good. -#}
{% macro status_rank(rag_status) -%}
    cast(
        case {{ rag_status }}
            when 'green' then 1 when 'grey' then 2 when 'amber' then 3 when 'red' then 4
        end as bigint
    )
{%- endmacro %}
