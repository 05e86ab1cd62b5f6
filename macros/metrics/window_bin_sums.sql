{#- CTEs that count the CTE `feature_bins` in the windows of the CTE `numbered_windows` (window_number, model_id,
    model_version, first_date, last_date, known_until); the last is `window_sums`. Days that belong to the same windows
    are counted first, and only then copied to each of these windows: a quarter costs no second pass over its months.
    Sums of doubles go by date, so that no thread changes a digit. -#}
{% macro window_bin_sums() -%}
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

)
{%- endmacro %}


{#- The frozen bins of the CTE `baseline_bins`, and the row of moments that numbers have beside them. -#}
{% macro frozen_bins() -%}
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
{%- endmacro %}
