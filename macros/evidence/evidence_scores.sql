{#- Predictions by the cell of their score as additive counts, append-only, with what came of them: a prediction counts
    once on the day it is known (n), its outcome on the day that is known (outcome_count and the sums after it),
    corrections as minus and plus rows. The cell of a class is that of its score; of an amount it is that of the width
    of its prediction interval where the log has one. Read from the narrow logs: a run handles only what is new since
    the watermark. -#}
{% macro evidence_scores(log) %}
    {{ config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='known_date',
        on_schema_change='append_new_columns',
        tags=dbt_model_risk.live_tags(log)
    ) }}
    {%- set parents = dbt_model_risk.outcome_parents(log) -%}
    {%- set since = dbt_model_risk.watermark('known_date') -%}
    {%- set shape = dbt_model_risk.log_shape(log) if execute
        else {'segments': [], 'columns': [], 'scale': none, 'has_classes': true, 'classes': none, 'resolution': 0} -%}
    {%- do shape.update({'resolution': dbt_model_risk.cell_resolution(shape)}) -%}
    {%- set dimensions = [
        'model_id', 'model_version', 'event_date', 'known_date', 'binned_by', 'score_bin', 'predicted_class'
    ] -%}
    {%- set sums = {
        'n': 'bigint', 'score_sum': 'double', 'outcome_count': 'bigint', 'event_count': 'bigint',
        'absolute_error_sum': 'double', 'error_square_sum': 'double'
    } -%}
with

{{ dbt_model_risk.outcome_changes(log, since, shape, dbt_model_risk.scored_outcome_terms) }},

predictions as (

    select
        {{ dbt_model_risk.score_terms('admitted', shape) }},
        1 as n,
        cast(admitted.score as {{ dbt_model_risk.sum_type(shape) }}) as score_sum,
        0 as outcome_count,
        0 as event_count,
        cast(0 as {{ dbt_model_risk.sum_type(shape) }}) as absolute_error_sum,
        cast(0 as {{ dbt_model_risk.sum_type(shape) }}) as error_square_sum,
        greatest(admitted.loaded_date, versions.registered_date) as known_date

    from {{ ref('stg_' ~ log ~ '__admitted') }} as admitted

    inner join {{ ref('stg_registered_versions') }} as versions
        on admitted.model_id = versions.model_id and admitted.model_version = versions.model_version

    where
        admitted.reject_reason is null
        {%- if since %}
        and (admitted.loaded_date >= date '{{ since }}' or versions.registered_date >= date '{{ since }}')
        {%- endif %}

),

counted as (

    select * from predictions

    union all

    select * from changes

    {%- if since %}

    where known_date >= date '{{ since }}'
    {%- endif %}

),

finest as (

    select
        {%- for name in dimensions + shape.segments %}
        {{ name }},
        {%- endfor %}
        {%- for name in sums %}
        sum({{ name }}) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}

    from counted

    group by
        {%- for name in dimensions + shape.segments %}
        {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}

)

{{ dbt_model_risk.roll_up(log, shape.segments, dimensions, sums, shape.resolution, drop_zero=true) }}
{% endmacro %}


{#- The cell that a prediction is counted in. -#}
{% macro score_terms(alias, shape) -%}
    {%- set has_width = not shape.has_classes and 'score_lower' in shape.columns and 'score_upper' in shape.columns -%}
    {%- set measure = '(' ~ alias ~ '.score_upper - ' ~ alias ~ '.score_lower)' if has_width else alias ~ '.score' -%}
        {{ alias }}.model_id,
        {{ alias }}.model_version,
        {{ alias }}.event_date,
        {%- for key in shape.segments %}
        {{ alias }}.{{ key }},
        {%- endfor %}
        '{{ 'interval_width' if has_width else 'score' }}' as binned_by,
        cast(floor({{ measure }} * {{ shape.resolution }}) as bigint) as score_bin,
        {{ "cast(" ~ alias ~ ".predicted_class as varchar)" if 'predicted_class' in shape.columns
            else "cast(null as varchar)" }} as predicted_class
{%- endmacro %}


{#- What an observed outcome adds to its cell, or with sign '-' takes away. Of several classes the event is that the
    predicted one came, of which the score is the probability. -#}
{% macro scored_outcome_terms(alias, shape, sign='') -%}
    {%- set outcome = alias ~ '.outcome' -%}
    {%- if shape.classes -%}
        {%- set outcome = '(case when ' ~ outcome ~ ' = ' ~ alias ~ '.predicted_class then 1 else 0 end)' -%}
    {%- endif -%}
    {%- set has_event = shape.has_classes or shape.classes -%}
    {%- set error = '(' ~ alias ~ '.score - ' ~ outcome ~ ')' -%}
        {{ dbt_model_risk.score_terms(alias, shape) }},
        0 as n,
        cast(0 as {{ dbt_model_risk.sum_type(shape) }}) as score_sum,
        {{ sign }}1 as outcome_count,
        {{ 'case when ' ~ outcome ~ ' = 1 then ' ~ sign ~ '1 else 0 end' if has_event else '0' }}
            as event_count,
        {{ sign }}cast(abs({{ error }}) as {{ dbt_model_risk.sum_type(shape) }}) as absolute_error_sum,
        {{ sign }}cast({{ error }} * {{ error }} as {{ dbt_model_risk.sum_type(shape) }}) as error_square_sum
{%- endmacro %}


{#- Cells per unit of score: those of the log, but no more than 10,000, since an estimate needs no exact ties. -#}
{% macro cell_resolution(shape) -%}
    {{ return([shape.resolution, 10000] | min) }}
{%- endmacro %}
