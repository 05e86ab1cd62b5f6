{#- Only days with predictions end a rolling window or begin a calendar one. A window begins after
    the baseline, and so does the one before it, which it is compared with. -#}
{%- set as_of = as_of_date() -%}
with

window_kinds as (

    select * from {{ ref('monitoring_windows') }}

),

baselines as (

    select * from {{ ref('evd_baselines') }}
    where {{ is_live_log() }} and frozen_date <= {{ as_of }}

),

scored as (

    select * from {{ ref('evd_feature_bins') }}
    where
        {{ is_live_log() }}
        and known_date <= {{ as_of }}
        and event_date <= {{ as_of }}
        and variable = 'score'
        and segment_key = 'all'
        and bin_id <> -9

),

versions as (

    select distinct
        log_id,
        model_id,
        model_version,
        baseline_from,
        baseline_to,
        coalesce(baseline_to + 1, date '0001-01-01') as monitored_from

    from baselines

),

days as (

    select
        model_id,
        model_version,
        event_date,
        max(known_date) as known_until,
        sum(n) as n

    from scored

    group by all

),

calendar_windows as (

    select distinct
        versions.*,
        window_kinds.window_id,
        window_kinds.kind,
        window_kinds.history_days,
        window_kinds.segment_history_days,
        cast(date_trunc(window_kinds.window_id, days.event_date) as date) as period_start,
        cast(period_start + case window_kinds.window_id
            when 'day' then interval '1 day'
            when 'week' then interval '7 days'
            when 'month' then interval '1 month'
        end as date) - 1 as period_end,
        cast(period_start - case window_kinds.window_id
            when 'day' then interval '1 day'
            when 'week' then interval '7 days'
            when 'month' then interval '1 month'
        end as date) as previous_start

    from versions
    inner join days using (model_id, model_version)
    inner join window_kinds on window_kinds.kind = 'calendar'

),

rolling_windows as (

    select
        versions.*,
        window_kinds.window_id,
        window_kinds.kind,
        window_kinds.history_days,
        window_kinds.segment_history_days,
        days.event_date - window_kinds.length_days + 1 as period_start,
        days.event_date as period_end,
        period_start - window_kinds.length_days as previous_start

    from versions
    inner join days using (model_id, model_version)
    inner join window_kinds on window_kinds.kind = 'rolling'

),

windows as (

    select * from calendar_windows

    union all

    select * from rolling_windows

),

bounded as (

    select
        *,
        greatest(period_start, monitored_from) as first_date,
        least(period_end, {{ as_of }}) as last_date,
        period_start - 1 as previous_last_date,
        greatest(previous_start, monitored_from) as previous_first_date

    from windows

    where
        period_end >= monitored_from
        and period_end > {{ as_of }} - history_days

),

counted as (

    select
        bounded.* exclude (kind, history_days, segment_history_days, monitored_from),
        bounded.last_date > {{ as_of }} - bounded.segment_history_days as is_segmented,
        bounded.period_end <= {{ as_of }} as is_complete,
        max(days.known_until) as known_until,
        coalesce(
            sum(days.n) filter (days.event_date >= bounded.first_date), 0
        ) as prediction_count,
        coalesce(
            sum(days.n) filter (days.event_date < bounded.first_date), 0
        ) as previous_count

    from bounded
    inner join days
        on
            bounded.model_id = days.model_id
            and bounded.model_version = days.model_version
            and days.event_date between
            least(bounded.previous_first_date, bounded.first_date) and bounded.last_date

    group by all

)

select
    concat_ws('|', model_id, model_version, window_id, period_start) as window_key,
    log_id,
    model_id,
    model_version,
    window_id,
    period_start,
    period_end,
    first_date,
    last_date,
    baseline_from,
    baseline_to,
    if(
        previous_first_date <= previous_last_date, previous_first_date, null
    ) as previous_first_date,
    if(
        previous_first_date <= previous_last_date, previous_last_date, null
    ) as previous_last_date,
    is_complete,
    is_segmented,
    period_end = max(period_end) over version_windows as is_latest,
    known_until,
    cast(prediction_count as bigint) as prediction_count,
    cast(previous_count as bigint) as previous_count

from counted

where prediction_count > 0

window version_windows as (partition by model_id, model_version, window_id)
