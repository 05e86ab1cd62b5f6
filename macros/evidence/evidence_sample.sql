{#- The features of a log's hash-sampled cases, without any key: of each version up to `cap` of its baseline and as many
    of the latest 30 days, which never reach into the baseline. CTEs with the prefix of the log; its rows are in
    `<log>__features`. The same keys give the same sample in every build. -#}
{% macro evidence_sample(log, cap) -%}
    {%- set shape = dbt_model_risk.log_shape(log) if execute
        else {'numeric': [], 'categorical': [], 'columns': ['prediction_id'], 'meta': {}} -%}
    {%- set numbers, texts = [], [] -%}
    {%- for name in shape.numeric + shape.categorical if shape.meta[name].role == 'feature' -%}
        {%- do (numbers if name in shape.numeric else texts).append(name) -%}
    {%- endfor -%}
    {%- set as_of = dbt_model_risk.as_of_date() -%}
{{ log }}__cases as (

    select
        admitted.prediction_id,
        admitted.model_id,
        admitted.model_version,
        case
            when admitted.event_date between versions.baseline_from and versions.baseline_to then 'reference'
            else 'current'
        end as sample_window

    from {{ ref('stg_' ~ log ~ '__admitted') }} as admitted

    inner join {{ ref('stg_registered_versions') }} as versions
        on admitted.model_id = versions.model_id and admitted.model_version = versions.model_version

    where
        admitted.reject_reason is null
        and admitted.loaded_date <= {{ as_of }}
        and (
            admitted.event_date between versions.baseline_from and versions.baseline_to
            or (
                admitted.event_date > {{ as_of }} - interval '30' day
                and admitted.event_date <= {{ as_of }}
                and (versions.baseline_to is null or admitted.event_date > versions.baseline_to)
            )
        )

),

{{ log }}__ranked as (

    select
        *,
        row_number() over (
            partition by model_id, model_version, sample_window
            order by {{ dbt_model_risk.hash_bucket('prediction_id', 1000000007) }}, prediction_id
        ) as row_number

    from {{ log }}__cases

),

{{ log }}__sampled as (

    select * from {{ log }}__ranked
    where row_number <= {{ cap }}

),

{{ log }}__rows as (

    select
        sampled.model_id,
        sampled.model_version,
        sampled.sample_window,
        sampled.row_number
        {%- for name in numbers + texts %},
        logged.{{ name }}
        {%- endfor %},
        row_number() over (
            partition by logged.prediction_id
            order by logged.loaded_at, {{ dbt_model_risk.prefixed('logged', shape.columns) }}
        ) as arrival

    from {{ ref('stg_' ~ log) }} as logged

    inner join {{ log }}__sampled as sampled on logged.prediction_id = sampled.prediction_id

    where logged.reject_reason is null

),

{{ log }}__features as (

    {%- for name in numbers + texts %}
    {{ 'union all' if not loop.first }}

    select
        model_id,
        model_version,
        sample_window,
        cast(row_number as integer) as row_number,
        '{{ name }}' as variable,
        {{ 'cast(' ~ name ~ ' as double)' if name in numbers else 'cast(null as double)' }} as number_value,
        {{ 'cast(null as varchar)' if name in numbers else 'cast(' ~ name ~ ' as varchar)' }} as text_value

    from {{ log }}__rows

    where arrival = 1
    {%- else %}

    select
        model_id,
        model_version,
        sample_window,
        cast(row_number as integer) as row_number,
        cast(null as varchar) as variable,
        cast(null as double) as number_value,
        cast(null as varchar) as text_value

    from {{ log }}__rows

    where 1 = 0
    {%- endfor %}

)
{%- endmacro %}
