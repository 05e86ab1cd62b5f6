{#- Counts per bin of one version's rows, one row per dates, segments, variable and bin. A declared rule is a variable
    whose bins are 1 where it held, 0 where it is broken and -1 where there was nothing to judge. -#}
{% macro count_bins(shape, version, rows) -%}
    {{ return(adapter.dispatch('count_bins', 'dbt_model_risk')(shape, version, rows)) }}
{%- endmacro %}


{#- Any warehouse: one branch per variable, bins by case. -#}
{% macro default__count_bins(shape, version, rows) -%}
    {%- set keys = ['event_date', 'known_date'] + shape.segments -%}
    {%- for variable in shape.numeric + shape.categorical %}
    {%- set is_numeric = variable in shape.numeric %}
    {%- set edges = version.bins.get(variable, []) %}
    {%- if not loop.first %}

    union all
    {%- endif %}

    select
        {{ dbt_model_risk.version_keys(version, keys) }}
        '{{ variable }}' as variable,
        {{ dbt_model_risk.numeric_bin(variable, edges) if is_numeric else dbt_model_risk.category_bin(variable, edges) }} as bin_id,
        cast(count(*) as bigint) as n,
        {%- if is_numeric and edges %}
        sum({{ dbt_model_risk.tail_excess(variable, edges) }}) as value_sum,
        {%- else %}
        cast(null as double) as value_sum,
        {%- endif %}
        cast(null as double) as value_square_sum

    from {{ rows }} as logged

    group by
        {{ keys | join(', ') }},
        {{ dbt_model_risk.numeric_bin(variable, edges) if is_numeric else dbt_model_risk.category_bin(variable, edges) }}

    {%- if is_numeric %}

    union all

    select
        {{ dbt_model_risk.version_keys(version, keys) }}
        '{{ variable }}' as variable,
        cast(-9 as bigint) as bin_id,
        cast(0 as bigint) as n,
        sum({{ variable }}) as value_sum,
        sum({{ variable }} * {{ variable }}) as value_square_sum

    from {{ rows }} as logged

    where {{ variable }} is not null

    group by {{ keys | join(', ') }}
    {%- endif %}
    {%- endfor %}
    {%- for rule in shape.rules %}

    union all

    select
        {{ dbt_model_risk.version_keys(version, keys) }}
        '{{ rule.variable }}' as variable,
        {{ dbt_model_risk.rule_bin(rule.condition) }} as bin_id,
        cast(count(*) as bigint) as n,
        cast(null as double) as value_sum,
        cast(null as double) as value_square_sum

    from {{ rows }} as logged

    group by
        {{ keys | join(', ') }},
        {{ dbt_model_risk.rule_bin(rule.condition) }}
    {%- endfor %}
{%- endmacro %}


{% macro version_keys(version, keys) -%}
        '{{ version.model_id | replace("'", "''") }}' as model_id,
        '{{ version.model_version | replace("'", "''") }}' as model_version,
        {%- for key in keys %}
        {{ key }},
        {%- endfor %}
{%- endmacro %}


{#- Bin of a number on right-closed cells; null is -1. -#}
{% macro numeric_bin(variable, edges) -%}
    case
            when {{ variable }} is null then cast(-1 as bigint)
            {%- for edge in edges %}
            when {{ variable }} <= {{ dbt_model_risk.double_literal(edge) }} then cast({{ loop.index0 }} as bigint)
            {%- endfor %}
            else cast({{ edges | length }} as bigint)
        end
{%- endmacro %}


{#- Bin of a category; null is -1, a value beyond the frozen list -2. -#}
{% macro category_bin(variable, categories) -%}
    case
            when {{ variable }} is null then cast(-1 as bigint)
            {%- for category in categories %}
            when {{ variable }} = '{{ category | replace("'", "''") }}' then cast({{ loop.index0 }} as bigint)
            {%- endfor %}
            else cast(-2 as bigint)
        end
{%- endmacro %}


{% macro rule_bin(condition) -%}
    case
            when ({{ condition }}) then cast(1 as bigint)
            when not ({{ condition }}) then cast(0 as bigint)
            else cast(-1 as bigint)
        end
{%- endmacro %}


{#- Distance beyond the outer edges: with it, distances between distributions are exact in the tails. -#}
{% macro tail_excess(variable, edges) -%}
    case
            when {{ variable }} < {{ dbt_model_risk.double_literal(edges[0]) }}
                then {{ dbt_model_risk.double_literal(edges[0]) }} - {{ variable }}
            when {{ variable }} > {{ dbt_model_risk.double_literal(edges[-1]) }}
                then {{ variable }} - {{ dbt_model_risk.double_literal(edges[-1]) }}
        end
{%- endmacro %}


{#- From text, since a decimal literal can lose the last bit on its way to a double. -#}
{% macro double_literal(number) -%}
    cast('{{ number }}' as double)
{%- endmacro %}
