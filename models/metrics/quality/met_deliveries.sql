{#- Every version that ever arrived is judged on the as-of date, unregistered and silent ones
    too. -#}
{%- set as_of = as_of_date() -%}
with

intake as (

    select * from {{ ref('evd_log_intake') }}
    where log_kind <> 'outcome' and known_date <= {{ as_of }}

),

windows as (

    select distinct
        model_id,
        model_version,
        'as_of' as period_grain,
        {{ as_of }} - 89 as period_start,
        {{ as_of }} as period_end

    from intake

    union all

    select distinct
        model_id,
        model_version,
        'quarter' as period_grain,
        cast(date_trunc('quarter', known_date) as date) as period_start,
        cast(period_start + interval '3 months' as date) - 1 as period_end

    from intake

    where period_end <= {{ as_of }}

),

received as (

    select
        windows.*,
        coalesce(sum(intake.n), 0) as rows_received,
        coalesce(sum(intake.n) filter (intake.reject_reason is not null), 0) as rows_quarantined

    from windows
    left join intake
        on
            windows.model_id = intake.model_id
            and windows.model_version = intake.model_version
            and intake.known_date between windows.period_start and windows.period_end

    group by all

),

active_days as (

    select
        model_id,
        model_version,
        event_date,
        sum(n) as n
    from intake
    where reject_reason is null
    group by all

),

spans as (

    select
        model_id,
        model_version,
        min(event_date) as first_date,
        max(event_date) as last_date

    from active_days

    group by all

),

calendar as (

    select
        model_id,
        model_version,
        cast(unnest(generate_series(
            min(event_date), greatest(max(event_date), {{ as_of }} - 1), interval '1 day'
        )) as date) as event_date,
        max(event_date) as last_date

    from active_days

    where event_date > {{ as_of }} - 180

    group by all

),

expected_days as (

    select
        calendar.*,
        active_days.n is null as is_missing

    from calendar
    left join active_days using (model_id, model_version, event_date)

    window
        weekday as (
            partition by calendar.model_id, calendar.model_version, isodow(calendar.event_date)
        )

    -- A day is expected when its weekday was active in at least four weeks of five, and in four
    -- at least, while the version was scoring. Silence since then counts: a version that stops is
    -- missing its days.
    qualify
        avg(if(active_days.n is null, 0, 1)) filter (calendar.event_date <= calendar.last_date)
            over weekday
        >= 0.8
        and count(*) filter (calendar.event_date <= calendar.last_date) over weekday >= 4

),

gaps as (

    select
        model_id,
        model_version,
        count(*) as expected_day_count,
        count_if(is_missing) as missing_day_count

    from expected_days

    group by all

),

weeks as (

    select
        spans.*,
        weeks_back.weeks_ago,
        -- the week that ends on the as-of date is complete
        cast(date_trunc('week', {{ as_of }} + 1) as date)
        - cast(7 * (weeks_back.weeks_ago + 1) as integer) as week_start

    from spans
    cross join range(0, 9) as weeks_back (weeks_ago)

),

week_counts as (

    select
        weeks.*,
        coalesce(sum(active_days.n), 0) as n

    from weeks
    left join active_days
        on
            weeks.model_id = active_days.model_id
            and weeks.model_version = active_days.model_version
            and active_days.event_date between weeks.week_start and weeks.week_start + 6

    group by all

),

volumes as (

    select
        model_id,
        model_version,
        {{ as_of }} - any_value(last_date) as days_since,
        any_value(first_date) < min(week_start) + 7 as has_history,
        max(n) filter (weeks_ago = 0) as last_week_count,
        median(n) filter (weeks_ago > 0) as usual_week_count

    from week_counts

    group by all

),

judged as (

    select
        received.*,
        'all' as segment_key,
        'all' as segment_value,
        rows_received as sample_size,
        cast(null as bigint) as event_count,
        gaps.expected_day_count,
        gaps.missing_day_count,
        volumes.days_since,
        volumes.last_week_count,
        if(volumes.has_history, nullif(volumes.usual_week_count, 0), null) as usual_week_count

    from received
    left join gaps using (model_id, model_version)
    left join volumes using (model_id, model_version)

),

measures as (

    select
        *,
        unnest(list_concat(
            [
                {{ metric_value('rows_received', 'rows_received', 'count') }},
                {{ metric_value('rows_quarantined', 'rows_quarantined', 'count') }},
                {{ metric_value('quarantine_rate', 'rows_quarantined / nullif(rows_received, 0)',
                    'rate_wilson_95', "if(rows_received = 0, 'no_data', null)",
                    ci_low=wilson_bound('rows_quarantined', 'rows_received', '-'),
                    ci_high=wilson_bound('rows_quarantined', 'rows_received', '+')) }}
            ],
            if(period_grain = 'as_of', [
                {{ metric_value('missing_day_count', 'missing_day_count',
                    'missing_days_180_weekday_80',
                    "case
                        when coalesce(days_since >= 180, true) then 'no_data'
                        when expected_day_count is null then 'no_daily_pattern'
                    end",
                    sample_size='coalesce(expected_day_count, 0)') }},
                {{ metric_value('days_since_last_prediction', 'days_since', 'calendar_days',
                    "if(days_since is null, 'no_data', null)") }},
                {{ metric_value('volume_ratio', 'last_week_count / usual_week_count',
                    'last_week_over_median_of_8', "if(usual_week_count is null, 'no_data', null)",
                    sample_size='coalesce(last_week_count, 0)') }}
            ], [])
        )) as measure

    from judged

)

{{ metric_rows('measures') }}
