{#- Pairs of scores of the same entity as counts, append-only. Challenger: two versions of a model scored it on the same
    day, with the latest outcome of the first version's prediction, or of the other's until the first has one (a
    correction is a minus and a plus row). Migration, where the entity column declares `migration: true`: the same
    version scored it again after a year; the earlier score is the latest of 335 to 395 days before that was known by
    then, so that a pair never changes: a predecessor that arrives later is not paired. A run handles only entities with
    something new since the watermark. -#}
{% macro evidence_pairs(log) %}
    {{ config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='known_date',
        on_schema_change='append_new_columns'
    ) }}
    {%- set parents = dbt_model_risk.outcome_parents(log) -%}
    {%- set since = dbt_model_risk.watermark('known_date') -%}
    {%- set shape = dbt_model_risk.log_shape(log) if execute
        else {'segments': [], 'columns': [], 'has_classes': true, 'resolution': none, 'meta': {}} -%}
    {%- set is_paired = 'entity_id' in shape.columns and shape.has_classes -%}
    {%- set dimensions = [
        'pair_kind', 'model_id', 'model_version', 'other_version', 'event_date', 'known_date', 'score_bin',
        'other_score_bin', 'outcome_class'
    ] -%}
with

{%- if is_paired %}

{{ dbt_model_risk.entity_scores(log, since, shape) }},

{{ dbt_model_risk.challenger_pairs(log, since, shape) }},

pairs as (

    select * from challenger_changes

    {%- if shape.meta.entity_id.get('migration') %}

    union all

    {{ dbt_model_risk.migration_pairs(shape) }}
    {%- endif %}

),
{%- endif %}

finest as (

    {%- if is_paired %}

    select
        {%- for name in dimensions + shape.segments %}
        {{ name }},
        {%- endfor %}
        sum(n) as n

    from pairs

    {%- if since %}

    where known_date >= date '{{ since }}'
    {%- endif %}

    group by
        {%- for name in dimensions + shape.segments %}
        {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    {%- else %}

    select
        {%- for name in dimensions + shape.segments %}
        cast(null as {{
            'date' if name.endswith('_date') else 'bigint' if name.endswith('score_bin') else 'varchar'
        }}) as {{ name }},
        {%- endfor %}
        cast(null as bigint) as n

    where 1 = 0
    {%- endif %}

)

{{ dbt_model_risk.roll_up(log, shape.segments, dimensions, {'n': 'bigint'}, shape.resolution or 0, drop_zero=true) }}
{% endmacro %}


{#- One score per version, entity and day: the first that arrived. -#}
{% macro entity_scores(log, since, shape) -%}
    {%- set columns = ['model_id', 'model_version', 'entity_id', 'event_date', 'prediction_id'] + shape.segments -%}
    {%- if since %}
affected as (

    {{ dbt_model_risk.affected_predictions(log, since) }}

),

affected_entities as (

    select distinct admitted.entity_id
    from {{ ref('stg_' ~ log ~ '__admitted') }} as admitted
    inner join affected on admitted.prediction_id = affected.prediction_id

),
    {%- endif %}

arrivals as (

    select
        {{ dbt_model_risk.prefixed('admitted', columns) }},
        cast(floor(admitted.score * {{ shape.resolution }}) as bigint) as score_bin,
        greatest(admitted.loaded_date, versions.registered_date) as known_date,
        row_number() over (
            partition by admitted.model_id, admitted.model_version, admitted.entity_id, admitted.event_date
            order by admitted.loaded_at, admitted.prediction_id
        ) as arrival

    from {{ ref('stg_' ~ log ~ '__admitted') }} as admitted

    inner join {{ ref('stg_registered_versions') }} as versions
        on admitted.model_id = versions.model_id and admitted.model_version = versions.model_version

    where
        admitted.reject_reason is null
        and admitted.entity_id is not null
        {%- if since %}
        and admitted.entity_id in (select affected_entities.entity_id from affected_entities)
        {%- endif %}

),

scores as (

    select * from arrivals
    where arrival = 1

)
{%- endmacro %}


{#- Pairs of versions, and what is known of their common outcome from day to day. -#}
{% macro challenger_pairs(log, since, shape) -%}
    {%- set keys = ['model_id', 'model_version', 'event_date'] + shape.segments -%}
version_pairs as (

    select
        {{ dbt_model_risk.prefixed('scores', keys) }},
        others.model_version as other_version,
        scores.score_bin,
        others.score_bin as other_score_bin,
        scores.prediction_id,
        others.prediction_id as other_prediction_id,
        greatest(scores.known_date, others.known_date) as paired_date

    from scores

    inner join scores as others
        on
            scores.model_id = others.model_id
            and scores.entity_id = others.entity_id
            and scores.event_date = others.event_date
            and scores.model_version < others.model_version

),

paired_keys as (

    select
        prediction_id,
        other_prediction_id,
        prediction_id as observed_id,
        1 as preference

    from version_pairs

    union all

    select
        prediction_id,
        other_prediction_id,
        other_prediction_id as observed_id,
        2 as preference

    from version_pairs

),

observations as (

    select * from (
        {%- if since %}
        {{ dbt_model_risk.judged_outcomes(log, 'prediction_id in (select paired_keys.observed_id from paired_keys)') }}
        {%- else %}
        select * from {{ ref('stg_' ~ log ~ '__judged_outcomes') }}
        {%- endif %}
    ) as every_observation

    where reject_reason is null

),

pair_observations as (

    select
        version_pairs.*,
        paired_keys.preference,
        observations.outcome,
        observations.outcome_status,
        observations.loaded_at,
        observations.observed_at,
        greatest(observations.known_date, version_pairs.paired_date) as known_date,
        min(case
            when paired_keys.preference = 1 then greatest(observations.known_date, version_pairs.paired_date)
        end) over (
            partition by version_pairs.prediction_id, version_pairs.other_prediction_id
        ) as own_date

    from version_pairs

    inner join paired_keys
        on
            version_pairs.prediction_id = paired_keys.prediction_id
            and version_pairs.other_prediction_id = paired_keys.other_prediction_id
    inner join observations on paired_keys.observed_id = observations.prediction_id

),

pair_days as (

    select
        pair_observations.*,
        row_number() over (
            partition by prediction_id, other_prediction_id, known_date
            order by loaded_at desc, outcome desc, outcome_status, observed_at desc
        ) as recency

    from pair_observations

    where preference = 1 or own_date is null or known_date < own_date

),

pair_states as (

    select
        pair_days.*,
        case when outcome = 1 then '1' else '0' end as outcome_class,
        lead(known_date) over (
            partition by prediction_id, other_prediction_id order by known_date
        ) as replaced_date

    from pair_days

    where recency = 1

),

challenger_changes as (

    {%- for sign, known_date in [('', 'known_date'), ('-', 'replaced_date')] %}
    {%- if not loop.first %}

    union all
    {%- endif %}

    select
        'challenger' as pair_kind,
        {{ keys | join(',\n        ') }},
        other_version,
        {{ known_date }} as known_date,
        score_bin,
        other_score_bin,
        outcome_class,
        {{ sign }}1 as n

    from pair_states

    where outcome_status <> 'excluded' and {{ known_date }} is not null
    {%- endfor %}

)
{%- endmacro %}


{#- A score and the one of the same version a year before. -#}
{% macro migration_pairs(shape) -%}
    {%- set keys = ['model_id', 'model_version', 'event_date'] + shape.segments -%}
    select
        'migration' as pair_kind,
        {{ keys | join(',\n        ') }},
        model_version as other_version,
        known_date,
        score_bin,
        earlier_score_bin as other_score_bin,
        cast(null as varchar) as outcome_class,
        1 as n

    from (
        select
            {{ dbt_model_risk.prefixed('scores', keys) }},
            scores.known_date,
            scores.score_bin,
            earlier.score_bin as earlier_score_bin,
            row_number() over (
                partition by scores.model_id, scores.model_version, scores.entity_id, scores.event_date
                order by earlier.event_date desc
            ) as recency

        from scores

        inner join scores as earlier
            on
                scores.model_id = earlier.model_id
                and scores.model_version = earlier.model_version
                and scores.entity_id = earlier.entity_id
                and earlier.known_date <= scores.known_date
                and earlier.event_date
                between scores.event_date - interval '395' day and scores.event_date - interval '335' day
    ) as predecessors

    where recency = 1
{%- endmacro %}
