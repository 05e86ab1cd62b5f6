{#- The rows of a log that no evidence counts, each with its reason. A row leaves when its cure arrives: the
    registration of its version, the prediction of its outcome, the day of its load time. -#}
{% macro quarantined_rows(log) %}
with

admitted as (

    select * from {{ ref('stg_' ~ log ~ '__admitted') }}

),

outcomes as (

    select * from {{ ref('stg_' ~ log ~ '__judged_outcomes') }}

),

versions as (

    select * from {{ ref('stg_registered_versions') }}

),

models as (

    select distinct model_id from {{ ref('models') }}

),

judged_predictions as (

    select
        admitted.prediction_id,
        admitted.model_id,
        admitted.model_version,
        admitted.event_date,
        admitted.loaded_at,
        coalesce(
            admitted.reject_reason,
            case
                when models.model_id is null then 'unknown_model'
                when versions.model_id is null then 'unknown_version'
            end
        ) as reject_reason

    from admitted

    left join models on admitted.model_id = models.model_id
    left join versions
        on admitted.model_id = versions.model_id and admitted.model_version = versions.model_version

),

repeated_outcomes as (

    select
        prediction_id,
        loaded_at

    from outcomes

    where reject_reason is null

    group by
        prediction_id,
        loaded_at

    having count(*) > 1

),

copied_outcomes as (

    select
        outcomes.*,
        row_number() over (
            partition by outcomes.prediction_id, outcomes.loaded_at order by outcomes.outcome
        ) as copy_number

    from outcomes

    inner join repeated_outcomes
        on
            outcomes.prediction_id = repeated_outcomes.prediction_id
            and outcomes.loaded_at = repeated_outcomes.loaded_at

    where outcomes.reject_reason is null

)

select 'prediction' as log_kind, judged_predictions.* from judged_predictions where reject_reason is not null

union all

select
    'outcome' as log_kind,
    prediction_id,
    model_id,
    model_version,
    event_date,
    loaded_at,
    reject_reason

from outcomes

where reject_reason is not null

union all

select
    'outcome' as log_kind,
    prediction_id,
    model_id,
    model_version,
    event_date,
    loaded_at,
    'duplicate_key' as reject_reason

from copied_outcomes

where copy_number > 1

union all

select
    'prediction' as log_kind,
    prediction_id,
    model_id,
    model_version,
    cast(predicted_at as date) as event_date,
    loaded_at,
    'loaded_in_future' as reject_reason

from {{ ref('stg_' ~ log) }}

where loaded_at >= {{ dbt_model_risk.as_of_date() }} + interval '1' day
{% endmacro %}
