{#- What a log delivered for the predictions of a period, from the counts of the intake. A rejected
    row without a time of prediction counts on the day it arrived; one that does not say whose it is
    counts against every version of its log that it could be of: no row is hidden for what it
    lacks. -#}
{%- set as_of = as_of_date() -%}
with

periods as (

    select * from {{ ref('met_periods') }}
    where problem_type <> 'market_risk'

),

model_versions as (

    {{ known_rows('model_versions') }}

),

intake as (

    select
        *,
        coalesce(event_date, loaded_date) as counted_date

    from {{ ref('evd_log_intake') }}

    where log_kind <> 'market_risk' and known_date <= {{ as_of }}

),

days as (

    {{ period_days() }}

),

accepted as (

    select
        model_id,
        model_version,
        log_kind,
        event_date,
        loaded_date,
        sum(n) as n

    from intake

    where reject_reason is null

    group by all

),

version_logs as (

    select distinct
        log_id,
        model_id,
        model_version

    from intake

    where log_kind = 'prediction' and reject_reason is null

),

attributed as (

    select
        model_id,
        model_version,
        counted_date as event_date,
        reject_reason,
        n

    from intake

    where log_kind = 'prediction' and '(missing)' not in (model_id, model_version)

    union all

    select
        version_logs.model_id,
        version_logs.model_version,
        intake.counted_date as event_date,
        intake.reject_reason,
        intake.n

    from intake
    inner join version_logs
        on
            intake.log_id = version_logs.log_id
            and intake.model_id in (version_logs.model_id, '(missing)')
            and intake.model_version in (version_logs.model_version, '(missing)')

    where
        intake.log_kind = 'prediction'
        and '(missing)' in (intake.model_id, intake.model_version)

),

received as (

    select
        days.model_id,
        days.model_version,
        days.period_grain,
        days.period_start,
        sum(attributed.n) as received_count,
        coalesce(sum(attributed.n) filter (attributed.reject_reason = 'duplicate_key'), 0)
            as duplicate_count,
        coalesce(sum(attributed.n) filter (
            attributed.reject_reason in ('null_key', 'null_time', 'null_score')
        ), 0) as incomplete_count

    from attributed
    inner join days using (model_id, model_version, event_date)

    group by all

),

delays as (

    select
        days.model_id,
        days.model_version,
        days.period_grain,
        days.period_start,
        accepted.log_kind,
        accepted.loaded_date - accepted.event_date as delay_days,
        sum(accepted.n) as n

    from accepted
    inner join days using (model_id, model_version, event_date)

    -- of a cohort that is not due, only the quick outcomes are known
    where accepted.log_kind = 'prediction' or days.is_matured

    group by all

),

ranked_delays as (

    select
        *,
        sum(n) over (
            partition by model_id, model_version, period_grain, period_start, log_kind
            order by delay_days
        ) as n_up_to,
        sum(n) over (
            partition by model_id, model_version, period_grain, period_start, log_kind
        ) as n_all

    from delays

),

percentiles as (

    select
        model_id,
        model_version,
        period_grain,
        period_start,
        -- 20 n >= 19 N is n >= 0.95 N without a rounding
        min(delay_days) filter (log_kind = 'prediction' and 20 * n_up_to >= 19 * n_all)
            as load_delay,
        any_value(n_all) filter (log_kind = 'prediction') as loaded_count,
        min(delay_days) filter (log_kind = 'outcome' and 20 * n_up_to >= 19 * n_all)
            as outcome_delay,
        any_value(n_all) filter (log_kind = 'outcome') as outcome_count

    from ranked_delays

    group by all

),

day_counts as (

    select
        model_id,
        model_version,
        event_date,
        sum(n) as n

    from accepted

    where log_kind = 'prediction'

    group by all

),

-- The as-of day itself may still arrive, and a retired version owes nothing.
calendar as (

    select
        day_counts.model_id,
        day_counts.model_version,
        cast(unnest(generate_series(
            min(day_counts.event_date),
            least(
                {{ as_of }} - 1,
                coalesce(any_value(cast(model_versions.retired_at as date)) - 1, {{ as_of }})
            ),
            interval '1 day'
        )) as date) as event_date

    from day_counts
    inner join model_versions using (model_id, model_version)

    group by all

),

usual_days as (

    select
        calendar.*,
        coalesce(day_counts.n, 0) as n,
        count(*) over eight_weeks as weekday_count,
        median(coalesce(day_counts.n, 0)) over eight_weeks as usual_count

    from calendar
    left join day_counts using (model_id, model_version, event_date)

    window
        eight_weeks as (
            partition by
                calendar.model_id, calendar.model_version, isodow(calendar.event_date)
            order by calendar.event_date
            rows between 8 preceding and 1 preceding
        )

),

volumes as (

    select
        days.model_id,
        days.model_version,
        days.period_grain,
        days.period_start,
        min(usual_days.n / usual_days.usual_count) as lowest_ratio,
        arg_min(
            usual_days.n,
            (usual_days.n / usual_days.usual_count, usual_days.event_date)
        ) as lowest_count,
        count(*) as day_count

    from usual_days
    inner join days using (model_id, model_version, event_date)

    where usual_days.weekday_count = 8 and usual_days.usual_count > 0

    group by all

),

judged as (

    select
        periods.*,
        'all' as segment_key,
        'all' as segment_value,
        coalesce(received.received_count, 0) as received_count,
        received.duplicate_count,
        received.incomplete_count,
        percentiles.load_delay,
        coalesce(percentiles.loaded_count, 0) as loaded_count,
        percentiles.outcome_delay,
        coalesce(percentiles.outcome_count, 0) as outcome_count,
        volumes.lowest_ratio,
        volumes.lowest_count,
        coalesce(volumes.day_count, 0) as day_count,
        if(coalesce(received.received_count, 0) = 0, 'no_data', null) as received_reason,
        case
            when percentiles.outcome_count > 0 then null
            when
                if(periods.period_grain = 'all', periods.period_start, periods.period_end)
                + periods.outcome_horizon_days
                > {{ as_of }}
                then 'immature'
            else 'no_data'
        end as outcome_reason

    from periods
    left join received using (model_id, model_version, period_grain, period_start)
    left join percentiles using (model_id, model_version, period_grain, period_start)
    left join volumes using (model_id, model_version, period_grain, period_start)

),

measures as (

    select
        *,
        unnest([
            {{ metric_value('uniqueness', '1 - duplicate_count / nullif(received_count, 0)',
                'rate_wilson_95', 'received_reason', sample_size='received_count',
                event_count='duplicate_count',
                ci_low=wilson_bound('(received_count - duplicate_count)', 'received_count', '-'),
                ci_high=wilson_bound('(received_count - duplicate_count)', 'received_count', '+'))
            }},
            {{ metric_value('key_completeness', '1 - incomplete_count / nullif(received_count, 0)',
                'rate_wilson_95', 'received_reason', sample_size='received_count',
                event_count='incomplete_count',
                ci_low=wilson_bound('(received_count - incomplete_count)', 'received_count', '-'),
                ci_high=wilson_bound('(received_count - incomplete_count)', 'received_count', '+'))
            }},
            {{ metric_value('load_delay_p95_days', 'load_delay', 'percentile_95_observed',
                "if(loaded_count = 0, 'no_data', null)", sample_size='loaded_count',
                event_count='null') }},
            {{ metric_value('outcome_delay_p95_days', 'outcome_delay', 'percentile_95_observed',
                'outcome_reason', sample_size='outcome_count', event_count='null') }},
            {{ metric_value('weekday_volume_ratio', 'lowest_ratio',
                'lowest_day_over_median_of_8_weekdays',
                "if(day_count = 0, 'no_daily_pattern', null)", sample_size='day_count',
                event_count='lowest_count') }}
        ]) as measure

    from judged

)

{{ metric_rows('measures') }}
