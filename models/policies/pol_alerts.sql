{#- What became of the verdicts since somebody was last told: a row for every change of state, and
    none for a state that lasts. Never rewritten, not even by a full refresh. The last row of a
    verdict is its state: an alert is open until green is seen, grey changes nothing, and red is told
    once per opening. -#}
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    full_refresh=false,
    tags=['intraday']
) }}

with

evaluations as (

    select * from {{ ref('pol_evaluations') }}

),

policies as (

    {{ rows_in_force('policies') }}

),

models as (

    {{ known_rows('models') }}

),

routes as (

    {{ rows_in_force('alert_routes') }}

),

earlier as (

    {% if is_incremental() -%}
    select * from {{ this }}
    {%- else -%}
    select
        cast(null as varchar) as alert_key,
        cast(null as bigint) as sequence, -- noqa: RF04
        cast(null as date) as as_of_date,
        cast(null as timestamp) as evaluated_at,
        cast(null as timestamp) as opened_at,
        cast(null as varchar) as event, -- noqa: RF04
        cast(null as varchar) as rag_status,
        cast(null as boolean) as is_silent,
        cast(null as varchar) as silence_reason,
        cast(null as varchar) as waiver_id,
        cast(null as boolean) as is_announced

    where 1 = 0
    {%- endif %}

),

-- A run for a day or an instant before the last row says nothing new. A run that names no instant
-- stands for its whole day, and does not outrank the instants of that day.
last_run as (

    select
        coalesce(
            max(as_of_date) > {{ as_of_date() }}
            or max(evaluated_at) filter (
                as_of_date = {{ as_of_date() }} and evaluated_at < as_of_date + interval '1 day'
            ) > {{ as_of_time() }},
            false
        ) as is_later

    from earlier

),

states as (

    select *
    from earlier
    qualify row_number() over (partition by alert_key order by sequence desc) = 1

),

verdicts as (

    select
        *,
        concat_ws(
            '|', sandbox_id, policy_id, model_id, model_version, segment_key, segment_value
        ) as alert_key,
        case
            when severity = 'information' then 'information'
            when waiver_id is not null then 'waiver'
        end as silence_reason

    from evaluations

),

compared as (

    select
        verdicts.*,
        coalesce(states.event <> 'recovered', false) as is_open,
        coalesce(states.is_announced, false) as was_announced,
        coalesce(states.sequence, 0) + 1 as sequence, -- noqa: RF04
        states.opened_at as previously_opened_at,
        states.rag_status as previous_status,
        states.silence_reason as previous_silence_reason,
        states.waiver_id as previous_waiver_id,
        case
            when verdicts.rag_status = 'green' and is_open then 'recovered'
            when verdicts.rag_status not in ('amber', 'red') then null
            when not is_open then 'opened'
            -- a waiver that begins or ends while the breach lasts
            when (verdicts.silence_reason is not null) <> states.is_silent then 'opened'
            when verdicts.rag_status = 'red' and states.rag_status = 'amber' then 'escalated'
        end as event -- noqa: RF04

    from verdicts

    left join states on verdicts.alert_key = states.alert_key
    cross join last_run

    where not last_run.is_later

),

-- Whoever heard of an opening hears of its end, and nobody else does.
changes as (

    select
        *,
        if(event = 'recovered', not was_announced, silence_reason is not null) as is_silent,
        if(event = 'recovered', previous_status, rag_status) as routed_status

    from compared

    where event is not null

),

routed as (

    select
        changes.*,
        routes.route_id

    from changes

    left join routes
        on
            coalesce(routes.sandbox_id, changes.sandbox_id) = changes.sandbox_id
            and coalesce(routes.policy_id, changes.policy_id) = changes.policy_id
            and coalesce(routes.event, changes.event) = changes.event
            and (routes.least_status = 'amber' or changes.routed_status = 'red')

    qualify row_number() over (
        partition by changes.alert_key
        order by
            routes.policy_id is not null desc,
            routes.sandbox_id is not null desc,
            routes.event is not null desc,
            routes.least_status = 'red' desc,
            routes.recorded_at desc,
            routes.route_id
    ) = 1

)

select
    md5(concat_ws(
        '|', routed.alert_key, routed.event, routed.sequence, {{ as_of_time() }}
    )) as alert_id,
    routed.alert_key,
    routed.sequence,
    routed.as_of_date,
    {{ as_of_time() }} as evaluated_at,
    if(routed.is_open, routed.previously_opened_at, {{ as_of_time() }}) as opened_at,
    routed.event,
    routed.previous_status,
    routed.rag_status,
    routed.sandbox_id,
    routed.policy_id,
    routed.kri_id,
    routed.model_id,
    routed.model_version,
    routed.segment_key,
    routed.segment_value,
    routed.kri_value,
    routed.unit,
    if(routed.rag_status = 'red', routed.red_threshold, routed.amber_threshold) as threshold,
    routed.explanation,
    routed.evidence_ref,
    coalesce(models.owner_id, policies.owner) as owner_id,
    coalesce(routed.route_id, 'default') as route_id,
    routed.is_silent,
    if(
        routed.is_silent,
        if(routed.event = 'recovered', routed.previous_silence_reason, routed.silence_reason),
        null
    ) as silence_reason,
    if(routed.event = 'recovered', routed.previous_waiver_id, routed.waiver_id) as waiver_id,
    not routed.is_silent or (routed.is_open and routed.was_announced) as is_announced

from routed

left join models on routed.model_id = models.model_id
left join policies on routed.policy_id = policies.policy_id
