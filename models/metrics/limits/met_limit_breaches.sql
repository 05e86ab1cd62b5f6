{#- Breaches of limits: unbroken runs of days above the limit in force, with their life and their
    cause. A day that cannot be measured neither ends a run nor starts one. -#}
with

utilisation as (

    select * from {{ ref('met_limit_utilisation') }}
    where is_breach is not null

),

responses as (

    {{ known_rows('breach_responses') }} and acknowledged_on is not null

),

steps as (

    select
        *,
        is_breach and not coalesce(lag(is_breach) over series, false) as is_opening,
        lag(model_version) over series as previous_version,
        lag(limit_in_force) over series as previous_limit,
        lag(side) over series as previous_side,
        max(risk_date) over (partition by limit_id) as last_date

    from utilisation

    window series as (partition by limit_id order by risk_date)

),

numbered as (

    select
        *,
        count(*) filter (where is_opening) over (
            partition by limit_id order by risk_date
        ) as episode_number,
        -- Where yesterday's positions break the limit too, today nobody traded it over.
        case
            when not is_opening then null
            when model_version <> previous_version then 'technical'
            when limit_in_force <> previous_limit and side = previous_side then 'technical'
            when prior_positions_exposure is null then 'unattributed'
            when side = 'lower' and prior_positions_exposure < limit_in_force then 'passive'
            when side = 'upper' and prior_positions_exposure > limit_in_force then 'passive'
            else 'active'
        end as opening_cause

    from steps

),

in_force as (

    select
        limit_id,
        bool_or(is_in_force) as is_in_force

    from utilisation

    group by all

),

episodes as (

    select
        limit_id,
        sandbox_id,
        model_id,
        portfolio_id,
        measure,
        measure_detail,
        unit,
        episode_number,
        arg_max(model_version, risk_date) as model_version,
        arg_max(owner_id, risk_date) as owner_id,
        arg_max(escalation, risk_date) as escalation,
        arg_max(acknowledge_days, risk_date) as acknowledge_days,
        min(risk_date) as opened_on,
        max(risk_date) as last_seen_on,
        count(*) as day_count,
        max(utilisation) as peak_utilisation,
        arg_max(risk_date, utilisation) as peak_date,
        max(opening_cause) as computed_cause,
        arg_min(known_date, risk_date) as clock_started_on,
        bool_or(temporary_limit_id is not null) as is_temporary_excess,
        max(expired_temporary_limit_id) filter (where temporary_limit_id is null)
            as expired_temporary_limit_id,
        max(risk_date) < max(last_date) as is_recovered

    from numbered

    where is_breach

    group by all

),

answers as (

    select
        episodes.limit_id,
        episodes.opened_on,
        min(responses.acknowledged_on) as acknowledged_on,
        arg_min(responses.acknowledged_by, responses.acknowledged_on) as acknowledged_by,
        arg_min(responses.action, responses.acknowledged_on) as action_taken,
        arg_max(responses.cause, responses.recorded_at) as declared_cause

    from episodes

    inner join responses
        on
            episodes.limit_id = responses.limit_id
            and responses.opened_on between episodes.opened_on and episodes.last_seen_on

    group by all

)

select
    concat_ws('|', episodes.limit_id, episodes.opened_on) as limit_breach_key,
    episodes.limit_id,
    episodes.sandbox_id,
    episodes.model_id,
    episodes.model_version,
    episodes.portfolio_id,
    episodes.measure,
    episodes.measure_detail,
    episodes.unit,
    episodes.owner_id,
    episodes.escalation,
    episodes.opened_on,
    episodes.last_seen_on,
    episodes.day_count,
    episodes.peak_utilisation,
    episodes.peak_date,
    (episodes.peak_utilisation - 1) * episodes.day_count as severity,
    -- A limit that was withdrawn is no longer above anything.
    episodes.is_recovered or not in_force.is_in_force as is_ended,
    case
        when answers.acknowledged_on is null then 'open'
        when is_ended then 'closed'
        else 'acknowledged'
    end as state,
    coalesce(answers.declared_cause, episodes.computed_cause) as cause,
    episodes.computed_cause,
    episodes.is_temporary_excess,
    episodes.expired_temporary_limit_id,
    episodes.clock_started_on,
    episodes.clock_started_on + episodes.acknowledge_days as acknowledge_by,
    answers.acknowledged_on,
    answers.acknowledged_by,
    answers.action_taken,
    answers.acknowledged_on - episodes.clock_started_on as response_days,
    coalesce(answers.acknowledged_on, {{ as_of_date() }}) > acknowledge_by as is_late

from episodes

inner join in_force on episodes.limit_id = in_force.limit_id
left join answers
    on episodes.limit_id = answers.limit_id and episodes.opened_on = answers.opened_on
