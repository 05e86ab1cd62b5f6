{#- Two counts per window, both as known when its last row was: its predictions, and the predictions
    whose outcomes came due last, which tell whether scores still mean what they meant. -#}
{%- set span = [
    'model_id', 'model_version', 'known_until', 'part', 'first_date', 'last_date'
] -%}
{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='window_key',
    post_hook='{{ dbt_model_risk.forget_windows() }}'
) }}

with

windows as (

    {{ changed_windows() }}

),

models as (

    {{ known_rows('models') }}

),

window_spans as (

    select
        window_key,
        model_id,
        model_version,
        known_until,
        'scored' as part,
        first_date,
        last_date

    from windows

    union all

    select
        windows.window_key,
        windows.model_id,
        windows.model_version,
        windows.known_until,
        'matured' as part,
        greatest(
            windows.known_until
            - cast(models.outcome_horizon_days as integer)
            - {{ var('calibration_check_days', 60) }} + 1,
            coalesce(windows.baseline_to + 1, date '0001-01-01')
        ) as first_date,
        windows.known_until - cast(models.outcome_horizon_days as integer) as last_date

    from windows
    inner join models on windows.model_id = models.model_id

),

-- What came due last is the same for all windows that were last added to on one day: it is counted
-- once.
spans as (

    select distinct {{ span | join(', ') }}
    from window_spans

),

scores as (

    select * from {{ ref('evd_scores') }}
    where
        segment_key = 'all'
        and known_date <= {{ as_of_date() }}
        and event_date >= (select min(spans.first_date) from spans)

),

sums as (

    select
        spans.*,
        scores.score_bin,
        scores.predicted_class,
        cast(sum(scores.n) as bigint) as n,
        cast(sum(scores.outcome_count) as bigint) as outcome_count,
        cast(sum(scores.event_count) as bigint) as event_count,
        {{ exact_sum('scores.absolute_error_sum') }} as absolute_error_sum,
        {{ exact_sum('scores.error_square_sum') }} as error_square_sum

    from spans
    inner join scores
        on
            spans.model_id = scores.model_id
            and spans.model_version = scores.model_version
            and scores.event_date between spans.first_date and spans.last_date
            and spans.known_until >= scores.known_date

    group by all

    having
        case spans.part
            when 'scored' then sum(scores.n) <> 0
            else sum(scores.outcome_count) <> 0
        end

)

select
    window_spans.window_key,
    sums.known_until,
    sums.part,
    sums.score_bin,
    sums.predicted_class,
    sums.n,
    sums.outcome_count,
    sums.event_count,
    sums.absolute_error_sum,
    sums.error_square_sum

from sums
inner join window_spans using ({{ span | join(', ') }})
