{#- Outcomes known by the as-of date beside the prediction they belong to: known_date is the day on which the
    warehouse first held both, reject_reason says why an outcome cannot count (yet). With a condition on the
    outcome log only those outcomes are read, and of the predictions only theirs. -#}
{% macro judged_outcomes(log, condition=none) %}
    {%- set columns = dbt_model_risk.admitted_columns(log) if execute else ['prediction_id'] -%}
with

outcomes as (

    select * from {{ ref('stg_' ~ log ~ '__outcomes') }}
    where
        (loaded_at < {{ dbt_model_risk.as_of_date() }} + interval '1' day or loaded_at is null)
        {%- if condition %}
        and {{ condition }}
        {%- endif %}

),

admitted as (

    select * from {{ ref('stg_' ~ log ~ '__admitted') }}
    where
        reject_reason is null
        {%- if condition %}
        and prediction_id in (select outcomes.prediction_id from outcomes)
        {%- endif %}

),

versions as (

    select * from {{ ref('stg_registered_versions') }}

)

select
    outcomes.prediction_id,
    {%- for column in columns if column not in ('prediction_id', 'loaded_at') %}
    admitted.{{ column }},
    {%- endfor %}
    admitted.event_date,
    outcomes.loaded_at,
    outcomes.observed_at,
    outcomes.outcome,
    outcomes.amount,
    outcomes.outcome_status,
    case
        when outcomes.loaded_at is not null and versions.registered_date is not null
            then greatest(
                cast(outcomes.loaded_at as date), admitted.loaded_date, versions.registered_date
            )
    end as known_date,
    case
        when outcomes.reject_reason is not null then outcomes.reject_reason
        when versions.registered_date is null then 'outcome_without_prediction'
        when outcomes.observed_at < admitted.predicted_at then 'outcome_before_prediction'
    end as reject_reason

from outcomes

left join admitted on outcomes.prediction_id = admitted.prediction_id
left join versions
    on admitted.model_id = versions.model_id and admitted.model_version = versions.model_version
{% endmacro %}
