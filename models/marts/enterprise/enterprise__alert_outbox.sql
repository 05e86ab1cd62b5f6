{#- A view, so that a delivery shows at once. Rows after the day of the last build are not
    shown. -#}
{{ config(materialized='view', tags=['intraday']) }}

with

alerts as (

    select * from {{ ref('pol_alerts') }}
    where as_of_date <= {{ as_of_date() }}

),

deliveries as (

    select * from {{ ref('pol_alert_deliveries') }}

),

policies as (

    {{ rows_in_force('policies') }}

),

people as (

    {{ known_rows('people') }}

),

-- A step follows from the one before it; of two at the same microsecond the later one ranks higher.
last_steps as (

    select
        *,
        case state
            when 'queued' then 0
            when 'sending' then 1
            else 2
        end as step_rank

    from deliveries

    qualify row_number() over (
        partition by alert_id, target order by attempt desc, step_rank desc, recorded_at desc
    ) = 1

),

delivered as (

    select
        alert_id,
        case
            when bool_or(state = 'sending') then 'sending'
            when bool_or(state = 'failed') then 'failed'
            when bool_or(state = 'queued') then 'pending'
            when bool_or(state = 'unknown') then 'unknown'
            else 'sent'
        end as delivery_state,
        max(recorded_at) filter (state = 'sent') as delivered_at,
        cast(max(attempt) as bigint) as attempt_count,
        bool_or(is_possible_repeat) as is_possible_repeat,
        max(error) as delivery_error

    from last_steps

    group by all

)

select
    alerts.alert_id,
    alerts.alert_key,
    alerts.sequence,
    alerts.as_of_date as changed_on,
    alerts.evaluated_at,
    alerts.opened_at,
    alerts.event,
    alerts.previous_status,
    alerts.rag_status,
    alerts.sandbox_id,
    alerts.policy_id,
    policies.name as policy_name,
    alerts.kri_id,
    alerts.model_id,
    alerts.model_version,
    alerts.segment_key,
    alerts.segment_value,
    alerts.kri_value,
    alerts.unit,
    alerts.threshold,
    alerts.explanation,
    policies.remedy,
    alerts.evidence_ref,
    alerts.owner_id,
    people.name as owner_name,
    alerts.route_id,
    alerts.is_silent,
    alerts.silence_reason,
    alerts.waiver_id,
    alerts.event <> 'recovered' and alerts.sequence = max(alerts.sequence) over (
        partition by alerts.alert_key
    ) as is_open,
    if(
        alerts.is_silent, 'silent', coalesce(delivered.delivery_state, 'pending')
    ) as delivery_state,
    delivered.delivered_at,
    delivered.attempt_count,
    coalesce(delivered.is_possible_repeat, false) as is_possible_repeat,
    delivered.delivery_error

from alerts

left join delivered on alerts.alert_id = delivered.alert_id
left join policies on alerts.policy_id = policies.policy_id
left join people on alerts.owner_id = people.person_id
