{#- How far each limit is used on each day. A temporary limit stands in for the limit while it
    lives; what cannot be measured is grey with a reason and no 0 %. -#}
with

register as (

    {{ known_rows('limits') }}
    qualify
        row_number() over (
            partition by limit_id, effective_from order by recorded_at desc
        ) = 1

),

exposures as (

    select * from {{ ref('met_limit_exposures') }}

),

buffers as (

    select * from {{ ref('met_model_risk_buffers') }}

),

temporary_limits as (

    {{ known_rows('temporary_limits') }} and approved_by is not null

),

-- A limit in force that no exposure is known for keeps one row without a day.
dated as (

    select
        register.*,
        exposures.model_version,
        exposures.risk_date,
        exposures.exposure,
        exposures.prior_positions_exposure,
        exposures.known_date,
        register.effective_from <= {{ as_of_date() }}
        and coalesce(register.effective_to > {{ as_of_date() }}, true) as is_in_force

    from register

    left join exposures
        on
            register.model_id = exposures.model_id
            and register.portfolio_id = exposures.portfolio_id
            and register.measure = exposures.measure
            and coalesce(register.measure_detail, '') = coalesce(exposures.measure_detail, '')
            and register.effective_from <= exposures.risk_date
            and coalesce(register.effective_to > exposures.risk_date, true)

    where exposures.risk_date is not null or is_in_force

    qualify row_number() over (
        partition by register.limit_id, exposures.risk_date order by register.effective_from desc
    ) = 1

),

days as (

    select
        *,
        lag(risk_date) over (partition by limit_id order by risk_date nulls last) as previous_date

    from dated

),

-- Nobody raises a limit for days gone by.
raised as (

    select
        days.limit_id,
        days.risk_date,
        temporary_limits.temporary_limit_id,
        temporary_limits.hard_limit

    from days

    inner join temporary_limits
        on
            days.limit_id = temporary_limits.limit_id
            and days.risk_date >= temporary_limits.starts_on
            and days.risk_date >= cast(temporary_limits.recorded_at as date)
            and days.risk_date <= temporary_limits.expires_on

    qualify row_number() over (
        partition by days.limit_id, days.risk_date
        order by temporary_limits.starts_on desc, temporary_limits.temporary_limit_id desc
    ) = 1

),

expired as (

    select
        days.limit_id,
        days.risk_date,
        max(temporary_limits.temporary_limit_id) as temporary_limit_id

    from days

    inner join temporary_limits
        on
            days.limit_id = temporary_limits.limit_id
            and days.previous_date <= temporary_limits.expires_on
            and days.risk_date > temporary_limits.expires_on

    group by all

),

measured as (

    select
        days.*,
        raised.temporary_limit_id,
        expired.temporary_limit_id as expired_temporary_limit_id,
        days.hard_limit as base_limit,
        coalesce(raised.hard_limit, days.hard_limit) as upper_limit,
        case
            when days.measure not in ('var_990', 'var_975', 'es_975') then 1.0
            else buffers.model_risk_buffer
        end as model_risk_buffer,
        case
            when days.exposure < 0 and days.lower_limit is not null then 'lower'
            when days.exposure is not null then 'upper'
        end as side,
        case side when 'lower' then days.lower_limit else upper_limit end as limit_in_force,
        -- A limit on the long side says nothing about a short position.
        case side
            when 'lower' then days.exposure / least(nullif(limit_in_force, 0), 0)
            when 'upper'
                then greatest(days.exposure, 0) / nullif(greatest(limit_in_force, 0), 0)
        end as utilisation

    from days

    left join raised on days.limit_id = raised.limit_id and days.risk_date = raised.risk_date
    left join expired on days.limit_id = expired.limit_id and days.risk_date = expired.risk_date
    left join buffers
        on
            days.model_id = buffers.model_id
            and days.model_version = buffers.model_version
            and days.portfolio_id = buffers.portfolio_id
            and days.risk_date = buffers.risk_date

)

select
    limit_id,
    sandbox_id,
    model_id,
    model_version,
    parent_limit_id,
    portfolio_id,
    measure,
    measure_detail,
    unit,
    owner_id,
    escalation,
    acknowledge_days,
    is_in_force,
    risk_date,
    known_date,
    previous_date,
    exposure,
    prior_positions_exposure,
    side,
    base_limit,
    limit_in_force,
    temporary_limit_id,
    expired_temporary_limit_id,
    utilisation,
    abs(limit_in_force) - abs(exposure) as headroom,
    model_risk_buffer,
    utilisation * model_risk_buffer as buffered_utilisation,
    case
        when utilisation is not null and side = 'lower' then exposure < limit_in_force
        when utilisation is not null then exposure > limit_in_force
    end as is_breach,
    case
        when utilisation is null then 'grey'
        when is_breach then 'red'
        when utilisation >= coalesce(warning_share, 0.8) then 'amber'
        else 'green'
    end as rag_status,
    case
        when utilisation is not null then null
        when portfolio_id = 'all' and measure in ('var_990', 'var_975', 'es_975')
            then 'not_additive'
        when exposure is null then 'no_data'
        when limit_in_force is null then 'no_limit'
        else 'zero_limit'
    end as status_reason,
    risk_date is not null
    and row_number() over (partition by limit_id order by risk_date desc nulls last) = 1
        as is_latest

from measured
