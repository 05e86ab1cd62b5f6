{#- The same table of every log, one under the other; without any log, no rows of the given columns. -#}
{% macro union_logs(prefix, suffix, logs, columns) -%}
    {%- for log in logs %}
    {%- if not loop.first %}

union all

    {% endif -%}
select
    {{ columns.keys() | join(',\n    ') }}

from {{ ref(prefix ~ log ~ suffix) }}
    {%- else -%}
select
        {%- for name, type in columns.items() %}
    cast(null as {{ type }}) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}

where 1 = 0
    {%- endfor %}
{%- endmacro %}
