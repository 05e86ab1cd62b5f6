{#- The status a rank stands for; the inverse of status_rank. -#}
{% macro status_of_rank(status_rank) -%}
    case {{ status_rank }}
        when 1 then 'green' when 2 then 'grey' when 3 then 'amber' when 4 then 'red'
    end
{%- endmacro %}
