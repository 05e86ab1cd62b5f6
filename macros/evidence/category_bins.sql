{#- The category list of every categorical variable, from reference_rows: the most frequent values get a bin each;
    beyond them, and for values never seen, one bin; and one for missing. -#}
{% macro category_bins(shape) -%}
category_counts as (

    select
        cast(null as varchar) as model_id,
        cast(null as varchar) as model_version,
        cast(null as varchar) as variable,
        cast(null as varchar) as category,
        cast(null as bigint) as n

    where 1 = 0

    {%- for variable in shape.categorical %}

    union all

    select
        model_id,
        model_version,
        '{{ variable }}' as variable,
        {{ variable }} as category,
        count(*) as n

    from reference_rows

    where {{ variable }} is not null

    group by
        model_id,
        model_version,
        {{ variable }}
    {%- endfor %}

),

ranked_categories as (

    select
        category_counts.*,
        row_number() over (
            partition by model_id, model_version, variable order by n desc, category
        ) as frequency_rank

    from category_counts

),

categories as (

    select
        model_id,
        model_version,
        variable,
        'categorical' as variable_kind,
        frequency_rank - 1 as bin_id,
        cast(null as double) as lower_edge,
        cast(null as double) as upper_edge,
        category,
        frequency_rank - 1 as declared_bin_id

    from ranked_categories

    where frequency_rank <= {{ var('category_limit', 100) }}

    {%- for variable in shape.categorical %}
    {%- for bin_id in [-1, -2] %}

    union all

    select
        model_id,
        model_version,
        '{{ variable }}' as variable,
        'categorical' as variable_kind,
        {{ bin_id }} as bin_id,
        cast(null as double) as lower_edge,
        cast(null as double) as upper_edge,
        cast(null as varchar) as category,
        {{ bin_id }} as declared_bin_id

    from freezing
    {%- endfor %}
    {%- endfor %}

)
{%- endmacro %}
