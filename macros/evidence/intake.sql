{#- Rows received by every log, counted by version, dates and the reason they were rejected (null: accepted). -#}
{% macro intake(log, kind) -%}
    {%- if kind == 'market_risk' -%}
        {{ dbt_model_risk.day_intake(log) }}
    {%- else -%}
        {#- Named here so that the parents are the same in a full count and in a later run. -#}
        {%- set parents = [
            ref('stg_' ~ log ~ '__admitted'), ref('stg_' ~ log ~ '__outcomes'),
            ref('stg_registered_versions'), ref('models')
        ] -%}
        {%- set recounts = dbt_model_risk.intake_recounts(log) -%}
        {{ dbt_model_risk.prediction_intake(log, recounts.prediction) }}

union all

        {{ dbt_model_risk.outcome_intake(log, recounts.outcome) }}
    {%- endif -%}
{%- endmacro %}


{% macro prediction_intake(log, recount) -%}
select
    '{{ log }}' as log_id,
    'prediction' as log_kind,
    admitted.model_id,
    admitted.model_version,
    admitted.event_date,
    greatest(
        admitted.loaded_date, coalesce(versions.registered_date, admitted.loaded_date)
    ) as known_date,
    admitted.loaded_date,
    case
        when admitted.reject_reason is not null then admitted.reject_reason
        when models.model_id is null then 'unknown_model'
        when versions.model_id is null then 'unknown_version'
    end as reject_reason,
    count(*) as n

from {{ ref('stg_' ~ log ~ '__admitted') }} as admitted

left join (select distinct model_id from {{ ref('models') }}) as models
    on admitted.model_id = models.model_id
left join {{ ref('stg_registered_versions') }} as versions
    on admitted.model_id = versions.model_id and admitted.model_version = versions.model_version

{%- if recount %}

where {{ dbt_model_risk.recounted_rows(recount, 'admitted.loaded_date', 'admitted.loaded_date') }}
{%- endif %}

group by 1, 2, 3, 4, 5, 6, 7, 8
{%- endmacro %}


{#- Copies of an outcome are counted as received above and moved to their reason by the second branch. -#}
{% macro outcome_intake(log, recount) -%}
    {%- set every_outcome = ref('stg_' ~ log ~ '__judged_outcomes') -%}
select * from (

with

judged as (

    {% if recount -%}
    {{ dbt_model_risk.judged_outcomes(
        log, '(' ~ dbt_model_risk.recounted_rows(recount, 'loaded_at', 'cast(loaded_at as date)') ~ ')'
    ) }}
    {%- else -%}
    select * from {{ every_outcome }}
    {%- endif %}

)

select
    '{{ log }}' as log_id,
    'outcome' as log_kind,
    model_id,
    model_version,
    event_date,
    coalesce(known_date, cast(loaded_at as date), date '1970-01-01') as known_date,
    coalesce(cast(loaded_at as date), date '1970-01-01') as loaded_date,
    reject_reason,
    count(*) as n

from judged

group by 1, 2, 3, 4, 5, 6, 7, 8

union all

select
    '{{ log }}' as log_id,
    'outcome' as log_kind,
    copies.model_id,
    copies.model_version,
    copies.event_date,
    coalesce(copies.known_date, cast(copies.loaded_at as date)) as known_date,
    cast(copies.loaded_at as date) as loaded_date,
    moves.reject_reason,
    sum(moves.direction * (copies.copy_count - 1)) as n

from (
    select
        prediction_id,
        model_id,
        model_version,
        event_date,
        loaded_at,
        known_date,
        count(*) as copy_count
    from judged
    where reject_reason is null
    group by 1, 2, 3, 4, 5, 6
    having count(*) > 1
) as copies

cross join (
    select cast(null as varchar) as reject_reason, -1 as direction
    union all
    select 'duplicate_key' as reject_reason, 1 as direction
) as moves

group by 1, 2, 3, 4, 5, 6, 7, 8

) as counted_outcomes
{%- endmacro %}


{% macro day_intake(log) -%}
select
    '{{ log }}' as log_id,
    'market_risk' as log_kind,
    model_id,
    model_version,
    risk_date as event_date,
    known_date,
    cast(loaded_at as date) as loaded_date,
    cast(null as varchar) as reject_reason,
    count(*) as n

from {{ ref('evd_' ~ log ~ '__days') }}

group by 1, 2, 3, 4, 5, 6, 7, 8

union all

select
    '{{ log }}' as log_id,
    'market_risk' as log_kind,
    model_id,
    model_version,
    risk_date as event_date,
    coalesce(cast(loaded_at as date), date '1970-01-01') as known_date,
    coalesce(cast(loaded_at as date), date '1970-01-01') as loaded_date,
    reject_reason,
    count(*) as n

from {{ ref('quarantine_' ~ log) }}

where loaded_at < {{ dbt_model_risk.as_of_date() }} + interval '1' day or loaded_at is null

group by 1, 2, 3, 4, 5, 6, 7, 8
{%- endmacro %}
