{#- DuckDB counts every variable of a version in one pass: histogram() over a constant list is the fastest way to bins
    (measured in benchmarks/). Counts travel as one list beside a list of codes, and get their names last. -#}
{% macro duckdb__count_bins(shape, version, rows) -%}
    {%- set keys = ['event_date', 'known_date'] + shape.segments -%}
    {%- set variables = shape.numeric + shape.categorical -%}
    {%- set names = variables + shape.rules | map(attribute='variable') | list -%}
    {%- set coded = dbt_model_risk.coded_cells(shape, version) -%}
    with counted as materialized (

        {{ dbt_model_risk.count_variables(shape, version, rows, keys) }}

    ),

    cells as (

        select
            {{ keys | join(', ') }},
            unnest(cast({{ coded.cells }} as integer[])) as code,
            unnest(flatten([
                {%- for variable in variables %}
                list_resize(coalesce(counts_{{ loop.index0 }}, []), {{ coded.sizes[loop.index0] }}, 0)
                {%- if variable in shape.categorical %}
                || [present_{{ loop.index0 }} - coalesce(list_sum(counts_{{ loop.index0 }}), 0)]
                || [n - present_{{ loop.index0 }}]
                {%- else %}
                || [n - coalesce(list_sum(counts_{{ loop.index0 }}), 0)]
                {%- endif %}
                {{- ',' if not loop.last }}
                {%- endfor %}
                {%- for rule in shape.rules %},
                [n - broken_{{ loop.index0 }} - held_{{ loop.index0 }}, broken_{{ loop.index0 }}, held_{{ loop.index0 }}]
                {%- endfor %}
            ])) as n,
            cast(null as double) as value_sum,
            cast(null as double) as value_square_sum

        from counted

        union all

        select
            {{ keys | join(', ') }},
            unnest(cast({{ coded.sums }} as integer[])) as code,
            0 as n,
            unnest([
                {%- for variable in shape.numeric %}
                low_{{ loop.index0 }}, high_{{ loop.index0 }}, sum_{{ loop.index0 }}{{ ',' if not loop.last }}
                {%- endfor %}
            ]) as value_sum,
            unnest([
                {%- for variable in shape.numeric %}
                null, null, square_sum_{{ loop.index0 }}{{ ',' if not loop.last }}
                {%- endfor %}
            ]) as value_square_sum

        from counted

    )

    select
        {{ dbt_model_risk.version_keys(version, keys) }}
        cast([{% for name in names %}'{{ name }}'{{ ', ' if not loop.last }}{% endfor %}]
            as varchar[])[code // 1000000 + 1] as variable,
        cast(code % 1000000 - 10 as bigint) as bin_id,
        cast(n as bigint) as n,
        value_sum,
        value_square_sum

    from cells

    where n > 0 or value_sum is not null
{%- endmacro %}


{#- One row per dates and segments: for every variable a list of counts; for numbers the sums, and the excess of their
    tails; for categories how many there are; for rules how often they held and were broken. -#}
{% macro count_variables(shape, version, rows, keys) -%}
        select
            {{ keys | join(', ') }},
            {%- for variable in shape.numeric %}
            {%- set edges = version.bins.get(variable, []) %}
            {%- if edges %}
            {%- set low, high = dbt_model_risk.double_literal(edges[0]), dbt_model_risk.double_literal(edges[-1]) %}
            cast(map_values(histogram({{ variable }}, {{ dbt_model_risk.edge_list(edges) }})) as bigint[])
                as counts_{{ loop.index0 }},
            sum(case when {{ variable }} < {{ low }} then {{ low }} - {{ variable }} end) as low_{{ loop.index0 }},
            sum(case when {{ variable }} > {{ high }} then {{ variable }} - {{ high }} end) as high_{{ loop.index0 }},
            {%- else %}
            [count({{ variable }})] as counts_{{ loop.index0 }},
            cast(null as double) as low_{{ loop.index0 }},
            cast(null as double) as high_{{ loop.index0 }},
            {%- endif %}
            sum({{ variable }}) as sum_{{ loop.index0 }},
            sum({{ variable }} * {{ variable }}) as square_sum_{{ loop.index0 }},
            {%- endfor %}
            {%- for variable in shape.categorical %}
            {%- set index = loop.index0 + shape.numeric | length %}
            {%- set categories = version.bins.get(variable, []) %}
            {%- if categories %}
            cast(map_values(histogram(
                list_position([
                    {%- for category in categories -%}
                    '{{ category | replace("'", "''") }}'{{ ', ' if not loop.last }}
                    {%- endfor -%}
                ], {{ variable }}),
                {{ range(1, categories | length + 1) | list }}
            )) as bigint[]) as counts_{{ index }},
            {%- else %}
            cast([] as bigint[]) as counts_{{ index }},
            {%- endif %}
            count({{ variable }}) as present_{{ index }},
            {%- endfor %}
            {%- for rule in shape.rules %}
            count(*) filter (where {{ rule.condition }}) as held_{{ loop.index0 }},
            count(*) filter (where not ({{ rule.condition }})) as broken_{{ loop.index0 }},
            {%- endfor %}
            count(*) as n

        from {{ rows }} as logged

        group by {{ keys | join(', ') }}
{%- endmacro %}


{#- The code of a cell is its variable's position x 1000000 + bin_id + 10. `cells` has the codes of all counts,
    `sums` those of the outer cells and of the moments, and `sizes` the number of cells of each variable. -#}
{% macro coded_cells(shape, version) %}
    {%- set cells, sums, sizes = [], [], [] -%}
    {%- for variable in shape.numeric + shape.categorical -%}
        {%- set first = loop.index0 * 1000000 + 10 -%}
        {%- set is_numeric = variable in shape.numeric -%}
        {%- set last = version.bins.get(variable, []) | length -%}
        {%- do sizes.append(last + 1 if is_numeric else last) -%}
        {%- do cells.extend(range(first, first + sizes[-1])) -%}
        {%- do cells.extend([first - 1] if is_numeric else [first - 2, first - 1]) -%}
        {%- if is_numeric -%}
            {%- do sums.extend([first, first + last, first - 9]) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for rule in shape.rules -%}
        {%- set first = (sizes | length + loop.index0) * 1000000 + 10 -%}
        {%- do cells.extend([first - 1, first, first + 1]) -%}
    {%- endfor -%}
    {{ return({'cells': cells, 'sums': sums, 'sizes': sizes}) }}
{% endmacro %}


{% macro edge_list(edges) -%}
    [{%- for edge in edges %}{{ dbt_model_risk.double_literal(edge) }}{{ ', ' if not loop.last }}{% endfor -%}]
{%- endmacro %}
