{#- How old the newest event of a live log is and how long events take to the warehouse and to the
    indicators, held against what is agreed for the log, and whether a day brought as many
    predictions as it usually does. -#}
{%- set as_of = as_of_date() -%}
{%- set now = as_of_time() -%}
{#- A load day of fewer rows brought stragglers, which say nothing about the delivery. -#}
{%- set least_load = 20 -%}
{#- Weeks that a day is compared with, and how many of them the version must have been scoring. -#}
{%- set weeks = 12 -%}
{%- set least_weeks = 8 -%}
with

arrivals as (

    select * from {{ ref('evd_arrivals') }}
    where {{ is_live_log() }} and loaded_date <= {{ as_of }}

),

agreements as (

    {{ known_rows('log_agreements') }}
    qualify row_number() over (partition by log_id order by recorded_at desc) = 1

),

versions as (

    select
        log_id,
        model_id,
        model_version,
        max(last_event_at) as last_event_at,
        max(last_loaded_at) as last_loaded_at,
        min(event_date) as first_event_date,
        max(loaded_date) as last_loaded_date,
        cast(sum(n) as bigint) as sample_size

    from arrivals

    group by all

),

load_counts as (

    select
        model_id,
        model_version,
        loaded_date,
        sum(n) as n

    from arrivals

    group by all

),

load_days as (

    select *
    from load_counts
    where n >= {{ least_load }}
    qualify row_number() over (
        partition by model_id, model_version order by loaded_date desc
    ) = 1

),

lag_cells as (

    select
        arrivals.model_id,
        arrivals.model_version,
        arrivals.lag_minutes,
        load_days.n as load_count,
        max(arrivals.last_loaded_at) as load_at,
        sum(arrivals.n) as n

    from arrivals
    inner join load_days using (model_id, model_version, loaded_date)

    group by all

),

cumulated_cells as (

    select
        *,
        sum(n) over (
            partition by model_id, model_version order by lag_minutes
        ) as cumulated

    from lag_cells

),

lags as (

    select
        model_id,
        model_version,
        cast(max(load_count) as bigint) as load_count,
        max(load_at) as load_at,
        min(lag_minutes) filter (cumulated >= 0.5 * load_count) as lag_p50,
        min(lag_minutes) filter (cumulated >= 0.95 * load_count) as lag_p95

    from cumulated_cells

    group by all

),

-- What the last load brought of days before its own.
late as (

    select
        model_id,
        model_version,
        cast(sum(arrivals.n) as bigint) as late_count,
        max(arrivals.loaded_date - arrivals.event_date) as late_days

    from arrivals
    inner join versions using (model_id, model_version)

    where
        arrivals.loaded_date = versions.last_loaded_date
        and arrivals.event_date < arrivals.loaded_date

    group by all

),

-- The last whole day, and the same weekday before it: each as it was known as long after it.
weekdays as (

    select
        versions.model_id,
        versions.model_version,
        versions.first_event_date,
        weeks_back.weeks_ago,
        cast({{ now }} - interval '1 day' as date) as judged_date,
        judged_date - cast(7 * weeks_back.weeks_ago as integer) as event_date

    from versions
    cross join range(0, {{ weeks + 1 }}) as weeks_back (weeks_ago)

),

day_counts as (

    select
        weekdays.*,
        coalesce(sum(arrivals.n), 0) as n

    from weekdays
    left join arrivals
        on
            weekdays.model_id = arrivals.model_id
            and weekdays.model_version = arrivals.model_version
            and weekdays.event_date = arrivals.event_date
            and arrivals.loaded_date - arrivals.event_date <= {{ as_of }} - weekdays.judged_date

    where weekdays.event_date >= weekdays.first_event_date

    group by all

),

centred as (

    select
        *,
        median(n) filter (weeks_ago > 0) over (
            partition by model_id, model_version
        ) as weekday_count

    from day_counts

),

usual_days as (

    select
        model_id,
        model_version,
        max(n) filter (weeks_ago = 0) as day_count,
        count(*) filter (weeks_ago > 0) as week_count,
        max(weekday_count) as usual_count,
        median(abs(n - weekday_count)) filter (weeks_ago > 0) as deviation

    from centred

    group by all

),

judged as (

    select
        versions.*,
        'all' as segment_key,
        'all' as segment_value,
        'as_of' as period_grain,
        {{ as_of }} as period_start,
        {{ as_of }} as period_end,
        cast(null as bigint) as event_count,
        agreements.expected_every_hours,
        agreements.maximum_lag_hours,
        {{ hours_between('versions.last_event_at', now) }} as event_age,
        {{ hours_between('versions.last_loaded_at', now) }} as load_age,
        coalesce(lags.load_count, 0) as load_count,
        lags.lag_p50,
        lags.lag_p95,
        lags.lag_p50 / 60 as lag_p50_hours,
        lags.lag_p95 / 60 as lag_p95_hours,
        -- What a load brought is counted by the next run: now, or by the end of its day.
        lag_p95_hours + {{ hours_between(
            'lags.load_at',
            "least(" ~ now ~ ", date_trunc('day', lags.load_at) + interval '1 day')"
        ) }} as kri_lag_hours,
        coalesce(late.late_count, 0) as late_count,
        coalesce(late.late_days, 0) as late_days,
        usual_days.day_count,
        usual_days.week_count,
        usual_days.usual_count,
        usual_days.deviation,
        case
            when coalesce(usual_days.week_count, 0) < {{ least_weeks }} then 'no_data'
            when usual_days.usual_count = 0 then 'no_daily_pattern'
        end as no_pattern,
        case
            when nullif(agreements.expected_every_hours, 0) is null then 'no_agreement'
        end as no_interval,
        case
            when nullif(agreements.maximum_lag_hours, 0) is null then 'no_agreement'
            when lags.load_count is null then 'small_sample'
        end as no_lag

    from versions

    left join agreements using (log_id)
    left join lags using (model_id, model_version)
    left join late using (model_id, model_version)
    left join usual_days using (model_id, model_version)

),

measures as (

    select
        *,
        unnest([
            {{ metric_value('hours_since_last_event', 'event_age', 'age_at_as_of_time') }},
            {{ metric_value('hours_since_last_load', 'load_age', 'age_at_as_of_time') }},
            {{ metric_value('load_lag_p50_hours', 'lag_p50_hours', 'lag_cells_upper',
                "if(load_count = 0, 'small_sample', null)", sample_size='load_count',
                error_bound=cell_hours('lag_p50')) }},
            {{ metric_value('load_lag_p95_hours', 'lag_p95_hours', 'lag_cells_upper',
                "if(load_count = 0, 'small_sample', null)", sample_size='load_count',
                error_bound=cell_hours('lag_p95')) }},
            {{ metric_value('event_to_kri_lag_p95_hours', 'kri_lag_hours', 'lag_to_next_run',
                "if(load_count = 0, 'small_sample', null)", sample_size='load_count',
                error_bound=cell_hours('lag_p95')) }},
            {{ metric_value('freshness_ratio', 'event_age / expected_every_hours',
                'age_over_agreed_interval', 'no_interval') }},
            {{ metric_value('kri_lag_ratio', 'kri_lag_hours / maximum_lag_hours',
                'lag_over_agreed_maximum', 'no_lag', sample_size='load_count') }},
            {{ metric_value('late_rows', 'late_count', 'last_load_before_its_day') }},
            {{ metric_value('late_days', 'late_days', 'last_load_before_its_day') }},
            {{ metric_value('day_volume', 'day_count', 'last_whole_day', 'no_pattern') }},
            {{ metric_value('usual_day_volume', 'usual_count', 'median_3_mad_same_weekday_12',
                'no_pattern', ci_low='greatest(usual_count - 3 * deviation, 0)',
                ci_high='usual_count + 3 * deviation', sample_size='coalesce(week_count, 0)') }}
        ]) as measure

    from judged

)

{{ metric_rows('measures') }}
