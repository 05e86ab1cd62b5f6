{#- Days that belong to the same windows are counted first, and only then copied to each of these
    windows: a quarter costs no second pass over its months. Sums of doubles go by date, so that no
    thread changes a digit. -#}
{%- set as_of = as_of_date() -%}
with

periods as (

    select * from {{ ref('met_periods') }}
    where problem_type in ('binary', 'regression', 'loss', 'multiclass')

),

baseline_bins as (

    select * from {{ ref('evd_baselines') }}
    where frozen_date <= {{ as_of }}

),

feature_bins as (

    select * from {{ ref('evd_feature_bins') }}
    where known_date <= {{ as_of }} and not starts_with(variable, 'rule:')

),

versions as (

    select distinct
        model_id,
        model_version,
        frozen_date,
        baseline_from,
        baseline_to

    from baseline_bins

),

windows as (

    select
        model_id,
        model_version,
        null as period_grain,
        baseline_from as first_date,
        baseline_to as last_date,
        null as period_start,
        null as period_end,
        frozen_date as known_until

    from versions

    where baseline_from is not null

    union all

    select
        versions.model_id,
        versions.model_version,
        periods.period_grain,
        greatest(periods.period_start, versions.baseline_to + 1) as first_date,
        periods.period_end as last_date,
        periods.period_start,
        periods.period_end,
        {{ as_of }} as known_until

    from versions
    inner join periods using (model_id, model_version)

),

numbered_windows as (

    select
        *,
        row_number() over (
            order by model_id, model_version, period_start nulls first, period_grain
        ) as window_number

    from windows

),

day_windows as (

    select
        model_id,
        model_version,
        window_number,
        known_until,
        cast(unnest(generate_series(first_date, last_date, interval '1 day')) as date) as event_date

    from numbered_windows

),

days as (

    select
        model_id,
        model_version,
        event_date,
        min(known_until) as known_until,
        list(window_number order by window_number) as window_numbers

    from day_windows

    group by all

),

numbered_days as (

    select
        *,
        dense_rank() over (order by window_numbers) as span_number

    from days

),

span_counts as (

    select
        dated.span_number,
        feature_bins.segment_key,
        feature_bins.segment_value,
        feature_bins.variable,
        feature_bins.bin_id,
        sum(feature_bins.n) as n

    from feature_bins
    inner join numbered_days as dated
        on
            feature_bins.model_id = dated.model_id
            and feature_bins.model_version = dated.model_version
            and feature_bins.event_date = dated.event_date
            and feature_bins.known_date <= dated.known_until

    group by all

),

spans as (

    select distinct
        span_number,
        unnest(window_numbers) as window_number

    from numbered_days

),

window_counts as (

    select
        spans.window_number,
        span_counts.segment_key,
        span_counts.segment_value,
        span_counts.variable,
        span_counts.bin_id,
        cast(sum(span_counts.n) as bigint) as n

    from span_counts
    inner join spans on span_counts.span_number = spans.span_number

    group by all

),

window_moments as (

    select
        dated.window_number,
        feature_bins.segment_key,
        feature_bins.segment_value,
        feature_bins.variable,
        feature_bins.bin_id,
        sum(
            feature_bins.value_sum order by feature_bins.event_date, feature_bins.known_date
        ) as value_sum,
        sum(
            feature_bins.value_square_sum order by feature_bins.event_date, feature_bins.known_date
        ) as value_square_sum

    from feature_bins
    inner join day_windows as dated
        on
            feature_bins.model_id = dated.model_id
            and feature_bins.model_version = dated.model_version
            and feature_bins.event_date = dated.event_date
            and feature_bins.known_date <= dated.known_until

    where feature_bins.value_sum <> 0 or feature_bins.bin_id = -9

    group by all

),

window_sums as (

    select
        window_counts.*,
        window_moments.value_sum,
        window_moments.value_square_sum

    from window_counts
    left join window_moments
        using (window_number, segment_key, segment_value, variable, bin_id)

),

-- A variable that came after the freezing has no frozen bins: those of its evidence stand in.
version_bins as (

    select
        model_id,
        model_version,
        variable,
        variable_kind,
        bin_id,
        declared_bin_id,
        lower_edge,
        upper_edge

    from baseline_bins

    union all

    select distinct
        model_id,
        model_version,
        variable,
        'numeric' as variable_kind,
        -9 as bin_id,
        null as declared_bin_id,
        null as lower_edge,
        null as upper_edge

    from baseline_bins

    where variable_kind = 'numeric'

    union all

    select distinct
        windows.model_id,
        windows.model_version,
        window_sums.variable,
        null as variable_kind,
        window_sums.bin_id,
        window_sums.bin_id as declared_bin_id,
        null as lower_edge,
        null as upper_edge

    from window_sums
    inner join numbered_windows as windows on window_sums.window_number = windows.window_number
    anti join baseline_bins
        on
            windows.model_id = baseline_bins.model_id
            and windows.model_version = baseline_bins.model_version
            and window_sums.variable = baseline_bins.variable

),

cohorts as (

    select
        window_number,
        segment_key,
        segment_value

    from window_sums

    union

    select
        window_number,
        'all' as segment_key,
        'all' as segment_value

    from numbered_windows

),

cohort_keys as (

    select
        windows.window_number,
        windows.model_id,
        windows.model_version,
        windows.period_grain,
        windows.period_start,
        windows.period_end,
        cohorts.segment_key,
        cohorts.segment_value,
        reference_windows.window_number as reference_number,
        row_number() over (
            order by cohorts.window_number, cohorts.segment_key, cohorts.segment_value
        ) as cohort_number

    from cohorts
    inner join numbered_windows as windows on cohorts.window_number = windows.window_number
    left join numbered_windows as reference_windows
        on
            windows.model_id = reference_windows.model_id
            and windows.model_version = reference_windows.model_version
            and reference_windows.period_start is null

    where windows.period_start is not null

)

select
    cast(cohort_keys.cohort_number as integer) as cohort_number,
    cohort_keys.model_id,
    cohort_keys.model_version,
    cohort_keys.segment_key,
    cohort_keys.segment_value,
    cohort_keys.period_grain,
    cohort_keys.period_start,
    cohort_keys.period_end,
    bins.variable,
    bins.variable_kind,
    cast(bins.bin_id as integer) as bin_id,
    cast(bins.declared_bin_id as integer) as declared_bin_id,
    cast(bins.lower_edge as double) as lower_edge,
    cast(bins.upper_edge as double) as upper_edge,
    if(
        cohort_keys.reference_number is null, null, coalesce(reference_sums.n, 0)
    ) as reference_count,
    coalesce(current_sums.n, 0) as current_count,
    reference_sums.value_sum as reference_value_sum,
    current_sums.value_sum as current_value_sum,
    reference_sums.value_square_sum as reference_square_sum,
    current_sums.value_square_sum as current_square_sum

from cohort_keys
inner join version_bins as bins
    on
        cohort_keys.model_id = bins.model_id
        and cohort_keys.model_version = bins.model_version
left join window_sums as current_sums
    on
        cohort_keys.window_number = current_sums.window_number
        and cohort_keys.segment_key = current_sums.segment_key
        and cohort_keys.segment_value = current_sums.segment_value
        and bins.variable = current_sums.variable
        and bins.bin_id = current_sums.bin_id
left join window_sums as reference_sums
    on
        cohort_keys.reference_number = reference_sums.window_number
        and cohort_keys.segment_key = reference_sums.segment_key
        and cohort_keys.segment_value = reference_sums.segment_value
        and bins.variable = reference_sums.variable
        and bins.bin_id = reference_sums.bin_id
