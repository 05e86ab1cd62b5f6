{#- The finest rows summed to one row set per segment column, and to one for all. Rows that a
    correction has cancelled are dropped with drop_zero; sums named in fixed have that value and are not among the finest. Where groups
    are named, key_role says which keys are groups. -#}
{% macro roll_up(log, keys, dimensions, sums, resolution=none, drop_zero=false, fixed={}, groups=none) %}
    {%- for key in ['all'] + keys %}
    {%- if not loop.first %}

union all
    {%- endif %}

select
    '{{ log }}' as log_id,
    {%- for dimension in dimensions %}
    {{ dimension }},
    {%- endfor %}
    '{{ key }}' as segment_key,
    {{ "'all'" if key == 'all' else "coalesce(" ~ key ~ ", '(missing)')" }} as segment_value,
    {%- if groups is not none %}
    '{{ 'all' if key == 'all' else 'group' if key in groups else 'segment' }}' as key_role,
    {%- endif %}
    {%- if resolution is not none %}
    cast({{ resolution }} as bigint) as score_resolution,
    {%- endif %}
    {%- for name, type in sums.items() %}
    cast({{ fixed[name] if name in fixed else 'sum(' ~ name ~ ')' }} as {{ type }}) as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}

from finest

group by
    {%- for dimension in dimensions %}
    {{ dimension }}{{ ',' if key != 'all' or not loop.last }}
    {%- endfor %}
    {%- if key != 'all' %}
    {{ key }}
    {%- endif %}
    {%- if drop_zero %}

having
    {%- for name in sums if name not in fixed %}
    {{ 'or ' if not loop.first }}sum({{ name }}) <> 0
    {%- endfor %}
    {%- endif %}
    {%- endfor %}
{% endmacro %}
