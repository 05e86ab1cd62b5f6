{#- Rows of a register whose column names something that no row of the target register is. An empty target is a
    register that the bank does not keep yet: nothing can dangle from it. -#}
{% macro dangling_rows(register, row_key, column, target, target_column) %}
{%- set library = ['scenarios', 'scenario_shocks', 'factor_definitions', 'factor_proxies'] -%}
{%- set folder = 'scenarios' if register in library else 'registers' %}
select
    '{{ register }}' as register,
    cast({{ row_key }} as varchar) as row_key,
    '{{ column }}' as column_name,
    cast({{ column }} as varchar) as column_value,
    'points_nowhere' as reason,
    concat(
        'seeds/{{ folder }}/{{ register }}.csv: row ', cast({{ row_key }} as varchar), ' names {{ column }} ',
        cast({{ column }} as varchar), ', which is not in {{ target }}.{{ target_column }}. Correct it or add the '
        || '{{ target }} row.'
    ) as explanation

from {{ ref(register) }}

where
    {{ column }} is not null
    and {{ column }} not in (
        select {{ target_column }} from {{ ref(target) }} where {{ target_column }} is not null
    )
    and exists (select 1 from {{ ref(target) }})
{% endmacro %}
