{#- Predictions as counts on frozen bins and by declared rule, append-only by known_date: the one scan of a log. Edges
    are written into the statement as constants, one branch per frozen version: that is what makes the scan cheap. A
    run reads rows loaded since the watermark (the last day again only if more of it has arrived), and all rows of
    versions registered or frozen since. -#}
{% macro evidence_predictions(log) %}
    {{ config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='known_date',
        on_schema_change='append_new_columns',
        tags=dbt_model_risk.live_tags(log)
    ) }}
    {%- set since = dbt_model_risk.watermark('known_date') -%}
    {%- set shape = dbt_model_risk.log_shape(log) if execute else {
        'segments': [], 'numeric': [], 'categorical': [], 'rules': []
    } -%}
    {%- if execute -%}
        {%- do shape.update({'rules': dbt_model_risk.declared_rules(dbt_model_risk.log_node(log))}) -%}
    {%- endif -%}
    {%- set versions = dbt_model_risk.frozen_versions(ref('evd_' ~ log ~ '__baseline')) -%}
    {%- set is_partial = since and versions | rejectattr('since', 'lt', since) | list | length == 0 -%}
    {#- Named here so that the parents are the same before and after the first baseline. -#}
    {%- set sources = {
        'log': ref('stg_' ~ log), 'admitted': ref('stg_' ~ log ~ '__admitted'),
        'baseline': ref('evd_' ~ log ~ '__baseline')
    } -%}
    {%- set has_repeats = dbt_model_risk.has_repeats(sources.admitted, since if is_partial) -%}
    {%- if is_partial and versions and not has_repeats
        and dbt_model_risk.is_counted_day(sources.admitted, since, versions) -%}
        {%- set since = (modules.datetime.date.fromisoformat(since) + modules.datetime.timedelta(days=1)) | string -%}
    {%- endif -%}
with

{%- if has_repeats %}

{{ dbt_model_risk.repeated_arrivals(sources.admitted) }},
{%- endif %}

{%- for version in versions %}

version_{{ loop.index }} as (

    {{ dbt_model_risk.count_bins(shape, version, dbt_model_risk.logged_rows(sources, shape, version, since, has_repeats)) }}

),
{%- endfor %}

finest as (

    {%- for version in versions %}
    {%- if not loop.first %}

    union all
    {%- endif %}

    select * from version_{{ loop.index }}
    {%- else %}

    select
        cast(null as varchar) as model_id,
        cast(null as varchar) as model_version,
        cast(null as date) as event_date,
        cast(null as date) as known_date,
        {%- for segment in shape.segments %}
        cast(null as varchar) as {{ segment }},
        {%- endfor %}
        cast(null as varchar) as variable,
        cast(null as bigint) as bin_id,
        cast(null as bigint) as n,
        cast(null as double) as value_sum,
        cast(null as double) as value_square_sum

    where 1 = 0
    {%- endfor %}

)

{{ dbt_model_risk.roll_up(log, shape.segments, [
    'model_id', 'model_version', 'event_date', 'known_date', 'variable', 'bin_id'
], {'n': 'bigint', 'value_sum': 'double', 'value_square_sum': 'double'}) }}
{% endmacro %}


{#- Whether a log (since a day) holds keys that had arrived before: only then the scan has to look at keys. -#}
{% macro has_repeats(admitted, since) %}
    {%- if not execute or not load_relation(admitted) -%}
        {{ return(true) }}
    {%- endif -%}
    {{ return(run_query(
        "select count(*) from " ~ admitted ~ " where reject_reason = 'duplicate_key'"
        ~ (" and loaded_date >= date '" ~ since ~ "'" if since else "")
    ).rows[0][0] > 0) }}
{% endmacro %}


{#- Whether a day without repeated keys was counted in full: every version was frozen before it, and as many rows
    were admitted as were counted. -#}
{% macro is_counted_day(admitted, day, versions) %}
    {%- set counted = run_query(
        "select coalesce(sum(n), 0) from " ~ this ~ " where known_date = date '" ~ day
        ~ "' and variable = 'score' and segment_key = 'all'"
    ).rows[0][0] -%}
    {%- set here = [] -%}
    {%- for version in versions -%}
        {%- do here.append("(" ~ dbt_model_risk.version_filter("admitted", version, day) ~ ")") -%}
    {%- endfor -%}
    {%- set arrived = run_query(
        "select count(*) from " ~ admitted ~ " as admitted where loaded_date = date '" ~ day
        ~ "' and (" ~ here | join(" or ") ~ ")"
    ).rows[0][0] -%}
    {{ return(counted | int == arrived | int) }}
{% endmacro %}


{#- Keys that arrived more than once, with the arrival that counts. -#}
{% macro repeated_arrivals(admitted) -%}
repeated_keys as (

    select distinct prediction_id
    from {{ admitted }}
    where reject_reason = 'duplicate_key'

),

first_arrivals as (

    select
        first_arrival.prediction_id,
        first_arrival.loaded_at

    from {{ admitted }} as first_arrival

    inner join repeated_keys on first_arrival.prediction_id = repeated_keys.prediction_id

    where first_arrival.reject_reason is null

)
{%- endmacro %}


{#- The admitted rows of one version in the log itself, with known_date. A repeated key counts once: as it first
    arrived, and one copy of it where copies arrived together. -#}
{% macro logged_rows(sources, shape, version, since, has_repeats) -%}
    {%- set columns = shape.segments + shape.numeric + shape.categorical -%}
    {%- for rule in shape.rules -%}
        {%- do columns.extend(rule.columns | reject('in', columns) | list) -%}
    {%- endfor -%}
    {%- set is_partial = since and version.since < since -%}
    (
            select
                cast(logged.predicted_at as date) as event_date,
                greatest(cast(logged.loaded_at as date), date '{{ version.since }}') as known_date
                {%- for column in columns %},
                logged.{{ column }}
                {%- endfor %}

            from {{ sources.log }} as logged

            {%- if has_repeats %}

            left join repeated_keys on logged.prediction_id = repeated_keys.prediction_id
            {%- endif %}

            where
                {{ dbt_model_risk.version_filter('logged', version, since if is_partial) }}

            {%- if has_repeats %}
                and repeated_keys.prediction_id is null

            union all

            select
                event_date,
                known_date
                {%- for column in columns %},
                {{ column }}
                {%- endfor %}

            from (
                select
                    logged.*,
                    cast(logged.predicted_at as date) as event_date,
                    greatest(cast(logged.loaded_at as date), date '{{ version.since }}') as known_date,
                    row_number() over (
                        partition by logged.prediction_id
                        order by {{ dbt_model_risk.prefixed('logged', shape.columns) }}
                    ) as copy_number
                from {{ sources.log }} as logged
                inner join first_arrivals
                    on
                        logged.prediction_id = first_arrivals.prediction_id
                        and logged.loaded_at = first_arrivals.loaded_at
                where {{ dbt_model_risk.version_filter('logged', version, since if is_partial) }}
            ) as copies

            where copy_number = 1
            {%- endif %}
        )
{%- endmacro %}


{% macro version_filter(alias, version, since) -%}
    {{ alias }}.model_id = '{{ version.model_id | replace("'", "''") }}'
                and {{ alias }}.model_version = '{{ version.model_version | replace("'", "''") }}'
                and {{ alias }}.reject_reason is null
                and {{ alias }}.loaded_at < {{ dbt_model_risk.as_of_date() }} + interval '1' day
                {%- if since %}
                and {{ alias }}.loaded_at >= timestamp '{{ since }}'
                {%- endif %}
{%- endmacro %}
