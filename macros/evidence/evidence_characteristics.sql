{#- Outcomes counted on the frozen bins of the features they were predicted from, append-only: what weight of evidence
    and information value need. A run joins only outcomes with something new since the watermark to their features;
    all outcomes of a version are joined on the day that its bins are frozen. -#}
{% macro evidence_characteristics(log) %}
    {{ config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='known_date',
        on_schema_change='append_new_columns'
    ) }}
    {%- set parents = dbt_model_risk.outcome_parents(log) + [ref('stg_' ~ log)] -%}
    {%- set since = dbt_model_risk.watermark('known_date') -%}
    {%- set shape = dbt_model_risk.log_shape(log) if execute
        else {'segments': [], 'numeric': [], 'categorical': [], 'columns': [], 'has_classes': true, 'meta': {}} -%}
    {%- set versions = dbt_model_risk.frozen_versions(ref('evd_' ~ log ~ '__baseline'))
        if shape.has_classes else [] -%}
    {%- set is_partial = since and versions | rejectattr('since', 'lt', since) | list | length == 0 -%}
    {%- set features = dbt_model_risk.feature_shape(shape) -%}
    {%- set dimensions = [
        'model_id', 'model_version', 'event_date', 'known_date', 'variable', 'bin_id', 'outcome_class'
    ] -%}
with

{%- if versions %}

{{ dbt_model_risk.outcome_changes(log, since if is_partial, shape, dbt_model_risk.characteristic_terms) }},

{{ dbt_model_risk.observed_features(log, shape, features, since if is_partial) }},

{%- for version in versions %}

version_{{ loop.index }} as (

    {{ dbt_model_risk.count_bins(
        features, version, dbt_model_risk.version_features(features, version, since)
    ) }}

),
{%- endfor %}
{%- endif %}

finest as (

    {%- for version in versions %}
    {%- if not loop.first %}

    union all
    {%- endif %}

    select
        {%- for name in dimensions + shape.segments %}
        {{ name }},
        {%- endfor %}
        direction * n as n

    from version_{{ loop.index }}

    where n > 0
    {%- else %}

    select
        {%- for name in dimensions + shape.segments %}
        cast(null as {{
            'date' if name.endswith('_date') else 'bigint' if name == 'bin_id' else 'varchar'
        }}) as {{ name }},
        {%- endfor %}
        cast(null as bigint) as n

    where 1 = 0
    {%- endfor %}

)

{{ dbt_model_risk.roll_up(log, shape.segments, dimensions, {'n': 'bigint'}, drop_zero=true) }}
{% endmacro %}


{#- The shape of a log's features alone; outcome class and direction are keys beside its segments. -#}
{% macro feature_shape(shape) %}
    {%- set features = {'segments': shape.segments + ['outcome_class', 'direction']} -%}
    {%- for kind in ('numeric', 'categorical') -%}
        {%- do features.update({kind: []}) -%}
        {%- for name in shape[kind] if shape.meta[name].role == 'feature' -%}
            {%- do features[kind].append(name) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(features) }}
{% endmacro %}


{% macro characteristic_terms(alias, shape, sign='') -%}
        {{ alias }}.prediction_id,
        {{ alias }}.model_id,
        {{ alias }}.model_version,
        {{ alias }}.event_date,
        {%- for key in shape.segments %}
        {{ alias }}.{{ key }},
        {%- endfor %}
        case when {{ alias }}.outcome = 1 then '1' else '0' end as outcome_class,
        {{ sign }}1 as direction
{%- endmacro %}


{#- The changes beside the features of their prediction, as it first arrived. -#}
{% macro observed_features(log, shape, features, since) -%}
    {%- set columns = features.numeric + features.categorical -%}
    {%- set has_repeats = dbt_model_risk.has_repeats(ref('stg_' ~ log ~ '__admitted'), none) -%}
logged_features as (

    select
        logged.prediction_id
        {%- for column in columns %},
        logged.{{ column }}
        {%- endfor %},
        {%- if has_repeats %}
        row_number() over (
            partition by logged.prediction_id
            order by logged.loaded_at, {{ dbt_model_risk.prefixed('logged', shape.columns) }}
        ) as arrival
        {%- else %}
        1 as arrival
        {%- endif %}

    from {{ ref('stg_' ~ log) }} as logged

    where
        logged.reject_reason is null
        {%- if since %}
        and logged.prediction_id in (select changes.prediction_id from changes)
        {%- endif %}

),

observed_features as (

    select
        changes.*
        {%- for column in columns %},
        logged_features.{{ column }}
        {%- endfor %}

    from changes

    inner join logged_features on changes.prediction_id = logged_features.prediction_id

    where
        logged_features.arrival = 1
        {%- if since %}
        and changes.known_date >= date '{{ since }}'
        {%- endif %}

)
{%- endmacro %}


{#- The observed features of one version; they count from the day that its bins are frozen. -#}
{% macro version_features(features, version, since) -%}
    (
            select
                event_date,
                greatest(known_date, date '{{ version.since }}') as known_date,
                {{ (features.segments + features.numeric + features.categorical) | join(', ') }}

            from observed_features

            where
                model_id = '{{ version.model_id | replace("'", "''") }}'
                and model_version = '{{ version.model_version | replace("'", "''") }}'
                {%- if since %}
                and greatest(known_date, date '{{ version.since }}') >= date '{{ since }}'
                {%- endif %}
        )
{%- endmacro %}
