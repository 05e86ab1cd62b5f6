{#- The latest value of a date column in this incremental table, as text: a constant, so that partitions and row
    groups before it are never read. None on a full refresh or an empty table. -#}
{% macro watermark(column) %}
    {%- if execute and is_incremental() -%}
        {{ return(run_query(
            'select cast(max(' ~ column ~ ') as varchar) from ' ~ this
        ).rows[0][0]) }}
    {%- endif -%}
    {{ return(none) }}
{% endmacro %}
