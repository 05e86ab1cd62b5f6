{#- DuckDB counts all numbers in one pass: histogram() over a constant list is the fastest way to bins (measured in
    benchmarks/), and all categories in a second pass over the other columns, by value first, as bins after. -#}
{% macro duckdb__count_bins(shape, version, rows) -%}
    {%- set keys = ['event_date', 'known_date'] + shape.segments -%}
    with numbers as materialized (

        {{ dbt_model_risk.count_numbers(shape, version, rows, keys) }}

    )

    {%- if shape.categorical %},

    categories as materialized (

        select
            {{ keys | join(', ') }},
            case
                {%- for variable in shape.categorical %}
                when grouping({{ variable }}) = 0 then '{{ variable }}'
                {%- endfor %}
            end as variable,
            case
                {%- for variable in shape.categorical %}
                when grouping({{ variable }}) = 0
                    then {{ dbt_model_risk.category_bin(variable, version.bins.get(variable, [])) }}
                {%- endfor %}
            end as bin_id,
            count(*) as n

        from {{ rows }} as logged

        group by grouping sets (
            {%- for variable in shape.categorical %}
            ({{ (keys + [variable]) | join(', ') }}){{ ',' if not loop.last }}
            {%- endfor %}
        )

    )
    {%- endif %}

    {%- for variable in shape.numeric %}
    {%- set index = loop.index0 %}
    {%- set last = version.bins.get(variable, []) | length %}
    {%- if not loop.first %}

    union all
    {%- endif %}

    select
        {{ dbt_model_risk.version_keys(version, keys) }}
        '{{ variable }}' as variable,
        bin_id,
        n,
        case bin_id when 0 then low_{{ index }} when {{ last }} then high_{{ index }} end as value_sum,
        cast(null as double) as value_square_sum

    from (
        select
            {{ keys | join(', ') }},
            low_{{ index }},
            high_{{ index }},
            unnest(range(0, len(counts_{{ index }}))) as bin_id,
            unnest(counts_{{ index }}) as n

        from numbers
    ) as cells

    where n > 0

    union all

    select
        {{ dbt_model_risk.version_keys(version, keys) }}
        '{{ variable }}' as variable,
        cast(-1 as bigint) as bin_id,
        n - coalesce(list_sum(counts_{{ index }}), 0) as n,
        cast(null as double) as value_sum,
        cast(null as double) as value_square_sum

    from numbers

    where n > coalesce(list_sum(counts_{{ index }}), 0)

    union all

    select
        {{ dbt_model_risk.version_keys(version, keys) }}
        '{{ variable }}' as variable,
        cast(-9 as bigint) as bin_id,
        cast(0 as bigint) as n,
        sum_{{ index }} as value_sum,
        square_sum_{{ index }} as value_square_sum

    from numbers

    where sum_{{ index }} is not null
    {%- endfor %}

    {%- if shape.categorical %}

    union all

    select
        {{ dbt_model_risk.version_keys(version, keys) }}
        variable,
        bin_id,
        n,
        cast(null as double) as value_sum,
        cast(null as double) as value_square_sum

    from categories
    {%- endif %}
{%- endmacro %}


{#- One row per dates and segments: for every number a list of counts, the sums, and the excess of its tails. -#}
{% macro count_numbers(shape, version, rows, keys) -%}
        select
            {{ keys | join(', ') }},
            count(*) as n
            {%- for variable in shape.numeric %}
            {%- set edges = version.bins.get(variable, []) %},
            {%- if edges %}
            map_values(histogram({{ variable }}, {{ dbt_model_risk.edge_list(edges) }}))
                as counts_{{ loop.index0 }},
            sum(greatest({{ dbt_model_risk.double_literal(edges[0]) }} - {{ variable }}, 0)) as low_{{ loop.index0 }},
            sum(greatest({{ variable }} - {{ dbt_model_risk.double_literal(edges[-1]) }}, 0)) as high_{{ loop.index0 }},
            {%- else %}
            [count({{ variable }})] as counts_{{ loop.index0 }},
            cast(null as double) as low_{{ loop.index0 }},
            cast(null as double) as high_{{ loop.index0 }},
            {%- endif %}
            sum({{ variable }}) as sum_{{ loop.index0 }},
            sum({{ variable }} * {{ variable }}) as square_sum_{{ loop.index0 }}
            {%- endfor %}

        from {{ rows }} as logged

        group by {{ keys | join(', ') }}
{%- endmacro %}


{% macro edge_list(edges) -%}
    [{%- for edge in edges %}{{ dbt_model_risk.double_literal(edge) }}{{ ', ' if not loop.last }}{% endfor -%}]
{%- endmacro %}
