{#- Limits as rows of metrics: on the as-of date what stands, per period what the use of 99 % value
    at risk was. The rows of now belong to the version of the model that is in use. -#}
with

utilisation as (

    select * from {{ ref('met_limit_utilisation') }}

),

breaches as (

    select * from {{ ref('met_limit_breaches') }}

),

findings as (

    select * from {{ ref('met_limit_findings') }}

),

periods as (

    select * from {{ ref('met_periods') }}
    where problem_type = 'market_risk'

),

governed as (

    select * from {{ ref('met_governed_versions') }}
    where is_registered and problem_type = 'market_risk'

),

model_versions as (

    {{ known_rows('model_versions') }}

),

register as (

    {{ known_rows('limits') }}

),

-- Of several versions in use the limits are the champion's.
versions as (

    select
        governed.model_id,
        governed.model_version,
        row_number() over (
            partition by governed.model_id
            order by
                model_versions.is_champion desc,
                model_versions.deployed_at desc,
                governed.model_version
        ) = 1 as is_limited

    from governed

    inner join model_versions
        on
            governed.model_id = model_versions.model_id
            and governed.model_version = model_versions.model_version

),

subjects as (

    select distinct
        versions.model_id,
        versions.model_version,
        versions.is_limited and register.limit_id is not null as has_limits,
        if(has_limits, register.portfolio_id, 'all') as portfolio_id

    from versions

    left join register on versions.model_id = register.model_id

),

latest_use as (

    select
        model_id,
        portfolio_id,
        count(*) as limit_count,
        max(utilisation) as utilisation,
        max(buffered_utilisation) as buffered_utilisation,
        count(*) filter (where utilisation is null) as grey_count,
        count(*) filter (where buffered_utilisation is null) as unbuffered_count,
        max(status_reason) as grey_reason

    from utilisation

    where is_in_force and (is_latest or risk_date is null)

    group by all

),

breach_counts as (

    select
        model_id,
        portfolio_id,
        count(*) as breach_count,
        count(*) filter (where acknowledged_on is null and is_late) as unanswered_count,
        count(*) filter (where not is_ended and expired_temporary_limit_id is not null)
            as expired_count

    from breaches

    group by all

),

finding_counts as (

    select
        model_id,
        portfolio_id,
        count(*) filter (where finding_kind = 'cascade') as cascade_count,
        count(*) filter (where finding_kind = 'no_owner') as ownerless_count

    from findings

    group by all

),

standing as (

    select
        subjects.model_id,
        subjects.model_version,
        'portfolio' as segment_key,
        subjects.portfolio_id as segment_value,
        'as_of' as period_grain,
        {{ as_of_date() }} as period_start,
        {{ as_of_date() }} as period_end,
        latest_use.utilisation,
        latest_use.buffered_utilisation,
        coalesce(breach_counts.breach_count, 0) as breach_count,
        coalesce(breach_counts.unanswered_count, 0) as unanswered_count,
        coalesce(breach_counts.expired_count, 0) as expired_count,
        coalesce(finding_counts.cascade_count, 0) as cascade_count,
        coalesce(finding_counts.ownerless_count, 0) as ownerless_count,
        coalesce(latest_use.limit_count, 0) as sample_size,
        cast(null as bigint) as event_count,
        if(subjects.has_limits, null, 'not_declared') as reason,
        coalesce(
            reason,
            if(latest_use.utilisation is null, coalesce(latest_use.grey_reason, 'no_data'), null)
        ) as use_reason,
        coalesce(
            use_reason, if(latest_use.buffered_utilisation is null, 'no_backtest', null)
        ) as buffered_reason,
        if(latest_use.grey_count > 0, 'some_limits_grey', null) as use_caveat,
        if(latest_use.unbuffered_count > 0, 'some_limits_grey', null) as buffered_caveat

    from subjects

    left join latest_use
        on
            subjects.model_id = latest_use.model_id
            and subjects.portfolio_id = latest_use.portfolio_id
    left join breach_counts
        on
            subjects.model_id = breach_counts.model_id
            and subjects.portfolio_id = breach_counts.portfolio_id
    left join finding_counts
        on
            subjects.model_id = finding_counts.model_id
            and subjects.portfolio_id = finding_counts.portfolio_id

),

standing_measures as (

    select
        *,
        unnest([
            {{ metric_value('limit_utilisation', 'utilisation', 'worst_limit_last_day',
                'use_reason', 'use_caveat') }},
            {{ metric_value('buffered_limit_utilisation', 'buffered_utilisation',
                'worst_limit_last_day_scaled_by_multiplier', 'buffered_reason', 'buffered_caveat')
            }},
            {{ metric_value('open_limit_breaches', 'unanswered_count',
                'breaches_not_acknowledged_in_time', 'reason', event_count='breach_count') }},
            {{ metric_value('expired_temporary_limits', 'expired_count',
                'above_base_limit_since_expiry', 'reason', event_count='breach_count') }},
            {{ metric_value('cascade_violations', 'cascade_count', 'count', 'reason') }},
            {{ metric_value('limits_without_owner', 'ownerless_count', 'count', 'reason') }}
        ]) as measure

    from standing

),

-- A day counts once, however many limits its portfolio has.
period_use as (

    select
        periods.model_id,
        periods.model_version,
        'portfolio' as segment_key,
        utilisation.portfolio_id as segment_value,
        periods.period_grain,
        periods.period_start,
        periods.period_end,
        count(distinct utilisation.risk_date) filter (where utilisation.is_breach) as breach_days,
        max(utilisation.utilisation) as max_utilisation,
        count(distinct utilisation.risk_date) filter (where utilisation.utilisation is not null)
            as sample_size,
        breach_days as event_count,
        if(max_utilisation is null, max(utilisation.status_reason), null) as reason

    from periods

    inner join utilisation
        on
            periods.model_id = utilisation.model_id
            and periods.model_version = utilisation.model_version
            and utilisation.risk_date between periods.period_start and periods.period_end

    where utilisation.measure = 'var_990'

    group by all

),

period_measures as (

    select
        *,
        unnest([
            {{ metric_value('limit_breach_days', 'breach_days', 'days_above_limit_in_force',
                'reason') }},
            {{ metric_value('max_limit_utilisation', 'max_utilisation',
                'largest_share_of_limit_in_force', 'reason') }}
        ]) as measure

    from period_use

)

{{ metric_rows('standing_measures') }}

union all

{{ metric_rows('period_measures') }}
