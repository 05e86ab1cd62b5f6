{#- log -> the last load day that this incremental table knows of it; a log that is monitored anew has none. -#}
{% macro arrivals_since() %}
    {%- set since = {} -%}
    {%- if execute and is_incremental() -%}
        {%- for row in run_query(
            'select log_id, cast(max(loaded_date) as varchar) from ' ~ this ~ ' group by log_id'
        ).rows -%}
            {%- do since.update({row[0]: row[1]}) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(since) }}
{% endmacro %}
