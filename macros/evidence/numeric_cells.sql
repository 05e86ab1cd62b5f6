{#- The cells of every numeric variable, from reference_rows: right-closed, outer cells open. Edges are the approved
    ones (or deciles inside the range: coinciding ones merge, and where none lies inside, the minimum stands in, so
    that a feature which hardly ever varied still tells when it does), the reference minimum and maximum (which makes
    the tails of distances exact), and either every value (30 distinct values or fewer) or what keeps the distances
    accurate: the middles of the deciles (a cell holds a twentieth at most, ties apart), 16 points between the 0.1 and
    99.9 percentiles on the variable's declared scale, and two on the way to each extreme (a heavy tail is not one
    cell). -#}
{% macro numeric_cells(shape) -%}
    {#- q0 and q20 are near the ends, q1 to q19 the twentieths: the even ones are the deciles. -#}
    {%- set shares = [0.001] -%}
    {%- for twentieth in range(1, 20) -%}{%- do shares.append(twentieth / 20) -%}{%- endfor -%}
    {%- do shares.append(0.999) -%}
    {%- set inner_edges = [
        'q0 + 0.25 * (low - q0)', 'q0 + 0.5 * (low - q0)', 'q20 + 0.25 * (high - q20)', 'q20 + 0.5 * (high - q20)'
    ] -%}
    {%- for middle in range(1, 20, 2) -%}{%- do inner_edges.append('q' ~ middle) -%}{%- endfor -%}
spreads as (

    {%- for variable in shape.numeric %}
    {%- set column = 'reference_rows.' ~ variable %}
    {%- if not loop.first %}

    union all
    {%- endif %}

    select
        freezing.model_id,
        freezing.model_version,
        '{{ variable }}' as variable,
        '{{ shape.meta.get(variable, {}).get('scale', 'linear') }}' as grid_scale,
        min({{ column }}) as low,
        max({{ column }}) as high,
        {%- for percentile in dbt_model_risk.percentiles('cont', column, shares) %}
        {{ percentile }} as q{{ loop.index0 }},
        {%- endfor %}
        {%- for decile in dbt_model_risk.percentiles('disc', column, shares[2:-1:2]) %}
        {{ decile }} as d{{ 2 * loop.index }},
        {%- endfor %}
        count(distinct {{ column }}) as distinct_count

    from freezing

    left join reference_rows
        on
            freezing.model_id = reference_rows.model_id
            and freezing.model_version = reference_rows.model_version

    group by
        freezing.model_id,
        freezing.model_version
    {%- endfor %}

),

grid_steps as (

    {%- for step in range(16) %}
    {{ 'union all' if not loop.first }} select {{ step }} / 15.0 as fraction
    {%- endfor %}

),

edges as (

    select model_id, model_version, variable, low as edge, 0 as is_declared from spreads

    union all

    select model_id, model_version, variable, high as edge, 0 as is_declared from spreads

    {{ dbt_model_risk.declared_edges(shape) }}

    union all

    select
        spreads.model_id,
        spreads.model_version,
        spreads.variable,
        case
            when spreads.grid_scale = 'log' and spreads.q0 > 0
                then exp(ln(spreads.q0) + grid_steps.fraction * (ln(spreads.q20) - ln(spreads.q0)))
            when spreads.grid_scale = 'logit' and spreads.q0 > 0 and spreads.q20 < 1
                then 1 / (1 + exp(
                    -ln(spreads.q0 / (1 - spreads.q0))
                    - grid_steps.fraction
                    * (ln(spreads.q20 / (1 - spreads.q20)) - ln(spreads.q0 / (1 - spreads.q0)))
                ))
            else spreads.q0 + grid_steps.fraction * (spreads.q20 - spreads.q0)
        end as edge,
        0 as is_declared

    from spreads

    cross join grid_steps

    where spreads.distinct_count > 30

    {%- for edge in inner_edges %}

    union all

    select
        model_id,
        model_version,
        variable,
        {{ edge }} as edge,
        0 as is_declared

    from spreads

    where distinct_count > 30
    {%- endfor %}

    {%- for variable in shape.numeric %}

    union all

    select distinct
        spreads.model_id,
        spreads.model_version,
        spreads.variable,
        reference_rows.{{ variable }} as edge,
        0 as is_declared

    from spreads

    inner join reference_rows
        on
            spreads.model_id = reference_rows.model_id
            and spreads.model_version = reference_rows.model_version

    where spreads.variable = '{{ variable }}' and spreads.distinct_count <= 30
    {%- endfor %}

),

ordered_edges as (

    select
        model_id,
        model_version,
        variable,
        edge,
        max(is_declared) as is_declared

    from edges

    where edge is not null

    group by
        model_id,
        model_version,
        variable,
        edge

),

cells as (

    select
        model_id,
        model_version,
        variable,
        'numeric' as variable_kind,
        row_number() over (partition by model_id, model_version, variable order by edge) - 1 as bin_id,
        lag(edge) over (partition by model_id, model_version, variable order by edge) as lower_edge,
        edge as upper_edge,
        cast(null as varchar) as category,
        coalesce(sum(is_declared) over (
            partition by model_id, model_version, variable
            order by edge
            rows between unbounded preceding and 1 preceding
        ), 0) as declared_bin_id

    from ordered_edges

    union all

    select
        spreads.model_id,
        spreads.model_version,
        spreads.variable,
        'numeric' as variable_kind,
        count(ordered_edges.edge) as bin_id,
        max(ordered_edges.edge) as lower_edge,
        cast(null as double) as upper_edge,
        cast(null as varchar) as category,
        coalesce(sum(ordered_edges.is_declared), 0) as declared_bin_id

    from spreads

    left join ordered_edges
        on
            spreads.model_id = ordered_edges.model_id
            and spreads.model_version = ordered_edges.model_version
            and spreads.variable = ordered_edges.variable

    group by
        spreads.model_id,
        spreads.model_version,
        spreads.variable

    union all

    select
        model_id,
        model_version,
        variable,
        'numeric' as variable_kind,
        -1 as bin_id,
        cast(null as double) as lower_edge,
        cast(null as double) as upper_edge,
        cast(null as varchar) as category,
        -1 as declared_bin_id

    from spreads

)
{%- endmacro %}


{#- Union branches with the edges that PSI is judged on: the YAML's `edges`, else the inner deciles. -#}
{% macro declared_edges(shape) %}
    {%- set deciles = range(2, 20, 2) -%}
    {%- for variable in shape.numeric %}
    {%- set approved = shape.meta.get(variable, {}).get('edges') %}
    {%- for edge in approved or deciles %}

    union all

    select
        model_id,
        model_version,
        variable,
        {{ 'cast(' ~ edge ~ ' as double)' if approved else dbt_model_risk.without_noise('q' ~ edge, 'd' ~ edge) }} as edge,
        1 as is_declared

    from spreads

    where variable = '{{ variable }}'{% if not approved %} and q{{ edge }} > low and q{{ edge }} < high{% endif %}
    {%- endfor %}
    {%- if not approved %}

    union all

    select
        model_id,
        model_version,
        variable,
        low as edge,
        1 as is_declared

    from spreads

    where
        variable = '{{ variable }}'
        {%- for edge in deciles %}
        and (q{{ edge }} <= low or q{{ edge }} >= high)
        {%- endfor %}
    {%- endif %}
    {%- endfor %}
{% endmacro %}


{#- A decile lies between two values that occur, and its last digits are rounding: 74099.99999999996 for 74100. What
    rounding explains is taken away, so that a case of exactly that value is in the cell that ends there: the decile is
    the value that occurs, or has six decimals. -#}
{% macro without_noise(decile, occurring) -%}
    {%- set rounded = 'cast(cast(' ~ decile ~ ' as decimal(38, 6)) as double)' -%}
    case
            when abs({{ decile }} - {{ occurring }}) <= 1e-13 * abs({{ decile }}) then {{ occurring }}
            when abs({{ decile }}) < 1e15
                then case
                    when abs({{ decile }} - {{ rounded }}) <= 1e-13 * abs({{ decile }}) then {{ rounded }}
                    else {{ decile }}
                end
            else {{ decile }}
        end
{%- endmacro %}
