{#- The CTE `changes` of an outcome log: what every known outcome adds, on the day it is known, and a correction or an
    exclusion takes away. `terms` is a macro (alias, shape, sign) that gives the columns of one such row. A run handles
    only predictions with something new since the watermark. -#}
{% macro outcome_changes(log, since, shape, terms) -%}
    {%- set every_outcome = ref('stg_' ~ log ~ '__judged_outcomes') -%}
    {%- set observed = 'judged' if since else '(select * from ' ~ every_outcome ~ ' where reject_reason is null)' -%}
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
        {{ terms('observed', shape) }},
        observed.known_date

    from {{ observed }} as observed

    left join repeated on observed.prediction_id = repeated.prediction_id

    where repeated.prediction_id is null and observed.outcome_status <> 'excluded'

    union all

    select
        {{ terms('states', shape) }},
        states.known_date

    from states

    where outcome_status <> 'excluded'

    union all

    select
        {{ terms('states', shape, sign='-') }},
        states.replaced_date as known_date

    from states

    where outcome_status <> 'excluded' and replaced_date is not null

)
{%- endmacro %}


{#- Every relation that outcome_changes may read, so that the parents are the same in a first and in a later run. -#}
{% macro outcome_parents(log) %}
    {{ return([
        ref('stg_' ~ log ~ '__admitted'), ref('stg_' ~ log ~ '__outcomes'), ref('stg_' ~ log ~ '__judged_outcomes'),
        ref('stg_registered_versions')
    ]) }}
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
