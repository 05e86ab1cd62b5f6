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

{{ window_bin_sums() }},

-- A variable that came after the freezing has no frozen bins: those of its evidence stand in.
version_bins as (

    {{ frozen_bins() }}

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
