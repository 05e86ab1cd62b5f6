{#- Outcomes as additive sums, append-only: an outcome is a plus row on the day it is known; a later correction
    is a minus row of the old state and a plus row of the new; an exclusion is a minus row alone. A run handles
    only predictions with something new since the watermark. Sums are decimal inside, so that no order of
    arrival or of threads changes a digit. -#}
{% macro evidence_outcomes(log) %}
    {{ config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='known_date',
        on_schema_change='append_new_columns'
    ) }}
    {#- Named here so that the parents are the same in a first and in a later run. -#}
    {%- set parents = [
        ref('stg_' ~ log ~ '__admitted'), ref('stg_' ~ log ~ '__outcomes'), ref('stg_registered_versions')
    ] -%}
    {%- set every_outcome = ref('stg_' ~ log ~ '__judged_outcomes') -%}
    {%- set since = dbt_model_risk.watermark('known_date') -%}
    {%- set shape = dbt_model_risk.log_shape(log) if execute else {'segments': [], 'groups': [], 'columns': [], 'scale': none} -%}
    {%- set keys = shape.segments + shape.groups -%}
    {%- set sums = dbt_model_risk.outcome_sum_columns(log, shape) -%}
    {%- set types, zeros = {}, [] -%}
    {%- for name, sum in sums.items() -%}
        {%- do types.update({name: sum.type}) -%}
        {%- if sum.term is none -%}{%- do zeros.append(name) -%}{%- endif -%}
    {%- endfor -%}
    {%- set observed = 'judged' if since else '(select * from ' ~ every_outcome ~ ' where reject_reason is null)' -%}
with

{%- if since %}

affected as (

    {{ dbt_model_risk.affected_predictions(log, since) }}

),

judged as (

    select * from (
        {{ dbt_model_risk.judged_outcomes(log, 'prediction_id in (select affected.prediction_id from affected)') }}
    ) as affected_outcomes

    where reject_reason is null

),
{%- endif %}

repeated as (

    select prediction_id
    from {{ 'judged' if since else ref('stg_' ~ log ~ '__outcomes') }}
    group by prediction_id
    having count(*) > 1

),

days as (

    select
        observed.*,
        row_number() over (
            partition by observed.prediction_id, observed.known_date
            order by
                observed.loaded_at desc, observed.outcome desc, observed.outcome_status,
                observed.amount desc, observed.observed_at desc
        ) as recency

    from {{ observed }} as observed

    inner join repeated on observed.prediction_id = repeated.prediction_id

),

states as (

    select
        days.*,
        lead(known_date) over (partition by prediction_id order by known_date) as replaced_date

    from days

    where recency = 1

),

changes as (

    select
        {{ dbt_model_risk.outcome_terms('observed', shape) }},
        observed.known_date

    from {{ observed }} as observed

    left join repeated on observed.prediction_id = repeated.prediction_id

    where repeated.prediction_id is null and observed.outcome_status <> 'excluded'

    union all

    select
        {{ dbt_model_risk.outcome_terms('states', shape) }},
        states.known_date

    from states

    where outcome_status <> 'excluded'

    union all

    select
        {{ dbt_model_risk.outcome_terms('states', shape, sign='-') }},
        states.replaced_date as known_date

    from states

    where outcome_status <> 'excluded' and replaced_date is not null

),

{{ dbt_model_risk.outcome_sums(shape, keys, since, sums) }}

{{ dbt_model_risk.roll_up(log, keys, [
    'model_id', 'model_version', 'event_date', 'known_date', 'score_bin', 'predicted_class', 'outcome_class'
], types, shape.resolution, drop_zero=true, zeros=zeros) }}
{% endmacro %}


{#- Predictions with something new since the watermark: an outcome, their own arrival, or the registration of
    their version. -#}
{% macro affected_predictions(log, since) %}
    select prediction_id
    from {{ ref('stg_' ~ log ~ '__outcomes') }}
    where loaded_at >= timestamp '{{ since }}'

    union

    select admitted.prediction_id
    from {{ ref('stg_' ~ log ~ '__admitted') }} as admitted
    where admitted.loaded_date >= date '{{ since }}'

    {%- set late = run_query(
        "select count(*) from " ~ ref('stg_registered_versions') ~ " where registered_date >= date '" ~ since ~ "'"
    ).rows[0][0] -%}
    {%- if late %}

    union

    select admitted.prediction_id
    from {{ ref('stg_' ~ log ~ '__admitted') }} as admitted
    inner join {{ ref('stg_registered_versions') }} as versions
        on admitted.model_id = versions.model_id and admitted.model_version = versions.model_version
    where versions.registered_date >= date '{{ since }}'
    {%- endif %}
{% endmacro %}
