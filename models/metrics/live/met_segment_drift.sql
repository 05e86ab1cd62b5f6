{#- How far a mean moved since the baseline in a segment and in the rest: a change that all segments
    share is none of a segment's. Means are told by the row of moments (bin -9) and the counts of
    rows with a value. -#}
with

windows as (

    select * from {{ ref('met_live_windows') }}
    where window_id = 'rolling_30' and is_latest and baseline_to is not null

),

sums as (

    select
        bins.model_id,
        bins.model_version,
        bins.period_grain,
        bins.period_start,
        bins.period_end,
        bins.segment_key,
        bins.segment_value,
        bins.variable,
        coalesce(sum(bins.reference_count) filter (bins.bin_id >= 0), 0) as reference_n,
        coalesce(sum(bins.current_count) filter (bins.bin_id >= 0), 0) as current_n,
        max(bins.reference_value_sum) filter (bins.bin_id = -9) as reference_sum,
        max(bins.reference_square_sum) filter (bins.bin_id = -9) as reference_squares,
        max(bins.current_value_sum) filter (bins.bin_id = -9) as current_sum,
        max(bins.current_square_sum) filter (bins.bin_id = -9) as current_squares

    from {{ ref('met_live_bins') }} as bins
    inner join windows using (window_key)

    where bins.variable_kind = 'numeric'

    group by all

),

wholes as (

    select
        *,
        reference_squares / nullif(reference_n, 0)
        - power(reference_sum / nullif(reference_n, 0), 2) as reference_spread,
        -- what is left of a mean square after centring is rounding below this share of it
        if(
            reference_spread > 1e-12 * reference_squares / reference_n, sqrt(reference_spread), null
        ) as reference_deviation

    from sums

    where segment_key = 'all'

),

pairs as (

    select
        segments.*,
        wholes.reference_deviation,
        wholes.current_sum / nullif(wholes.current_n, 0)
        - wholes.reference_sum / nullif(wholes.reference_n, 0) as whole_shift,
        wholes.reference_n - coalesce(segments.reference_n, 0)
            as rest_reference_n,
        wholes.reference_sum - coalesce(segments.reference_sum, 0)
            as rest_reference_sum,
        wholes.reference_squares - coalesce(segments.reference_squares, 0)
            as rest_reference_squares,
        wholes.current_n - coalesce(segments.current_n, 0)
            as rest_current_n,
        wholes.current_sum - coalesce(segments.current_sum, 0)
            as rest_current_sum,
        wholes.current_squares - coalesce(segments.current_squares, 0)
            as rest_current_squares

    from sums as segments
    inner join wholes using (model_id, model_version, variable)

    where segments.segment_key <> 'all'

),

means as (

    select
        *,
        reference_sum / nullif(reference_n, 0) as reference_mean,
        greatest(
            0, reference_squares / nullif(reference_n, 0) - power(reference_mean, 2)
        ) / nullif(reference_n, 0) as reference_variance,
        current_sum / nullif(current_n, 0) as current_mean,
        greatest(
            0, current_squares / nullif(current_n, 0) - power(current_mean, 2)
        ) / nullif(current_n, 0) as current_variance,
        rest_reference_sum / nullif(rest_reference_n, 0) as rest_reference_mean,
        greatest(
            0, rest_reference_squares / nullif(rest_reference_n, 0) - power(rest_reference_mean, 2)
        ) / nullif(rest_reference_n, 0) as rest_reference_variance,
        rest_current_sum / nullif(rest_current_n, 0) as rest_current_mean,
        greatest(
            0, rest_current_squares / nullif(rest_current_n, 0) - power(rest_current_mean, 2)
        ) / nullif(rest_current_n, 0) as rest_current_variance

    from pairs

)

select
    model_id,
    model_version,
    segment_key,
    segment_value,
    period_grain,
    period_start,
    period_end,
    variable,
    'mean_shift' as metric,
    'from_zero' as harm_kind,
    (current_mean - reference_mean) / reference_deviation as segment_figure,
    sqrt(reference_variance + current_variance) / reference_deviation as segment_error,
    (rest_current_mean - rest_reference_mean) / reference_deviation as rest_figure,
    sqrt(rest_reference_variance + rest_current_variance) / reference_deviation as rest_error,
    whole_shift / reference_deviation as whole_figure,
    cast(current_n as bigint) as sample_size,
    cast(rest_current_n as bigint) as rest_size,
    case
        when
            least(reference_n, current_n, rest_reference_n, rest_current_n)
            < {{ var('minimum_performance_sample', 100) }}
            then 'small_sample'
        when reference_deviation is null then 'zero_variance'
        when reference_variance + current_variance = 0 then 'zero_variance'
        when rest_reference_variance + rest_current_variance = 0 then 'zero_variance'
    end as status_reason

from means
