{#- Ten equal-width bins, closed on the left, 1.0 in the last. An edge is found with the arithmetic
    that binned the score, so a score of exactly 0.3 opens the fourth bin. Where the fine bin with
    the edge does not begin there (a resolution that ten does not divide, or one whose product
    with the edge rounds down, as 0.7 * 90), the error bound counts the cases in it. -#}
with

periods as (

    select * from {{ ref('met_periods') }}
    where problem_type in ('binary', 'regression', 'loss')

),

score_outcomes as (

    select * from {{ ref('evd_score_outcomes') }}

),

matured as (

    {{ matured_outcomes() }}

),

placed as (

    select
        *,
        if(log_loss_sum is null, null, score_bin * 10 // score_resolution) as tenth_below,
        floor((tenth_below + 1) / 10 * score_resolution) as edge_bin,
        least(9, tenth_below + if(score_bin >= edge_bin, 1, 0)) as tenth,
        score_resolution < 1099511627776
        and tenth_below < 9
        and score_bin = edge_bin
        and edge_bin * 10 <> (tenth_below + 1) * score_resolution as is_split

    from matured

),

tenths as (

    select
        model_id,
        model_version,
        segment_key,
        segment_value,
        period_grain,
        tenth,
        bool_and(log_loss_sum is not null) as is_probability,
        min(score_resolution) as least_resolution,
        max(score_resolution) as most_resolution,
        sum(n) as case_count,
        sum(if(outcome_class = '1', n, 0)) as event_count,
        sum(if(is_split, n, 0)) as split_count,
        {{ exact_sum('score_sum') }} as score_sum,
        {{ exact_sum('outcome_sum') }} as outcome_sum,
        {{ exact_sum(squared_error()) }} as error_square_sum,
        {{ exact_sum('log_loss_sum') }} as log_loss_sum,
        period_start,
        period_end

    from placed

    group by all

),

summed as (

    select
        model_id,
        model_version,
        segment_key,
        segment_value,
        period_grain,
        bool_and(is_probability) as is_probability,
        min(least_resolution) <> max(most_resolution) as is_redefined,
        sum(case_count) as case_count,
        sum(event_count) as event_count,
        sum(split_count) as split_count,
        {{ exact_sum('score_sum') }} as score_sum,
        {{ exact_sum('abs(outcome_sum - score_sum)') }} as gap_sum,
        max(abs(outcome_sum - score_sum) / nullif(case_count, 0)) as most_gap,
        greatest(0, {{ exact_sum('error_square_sum') }}) as error_square_sum,
        greatest(0, {{ exact_sum('log_loss_sum') }}) as log_loss_sum,
        period_start,
        period_end

    from tenths

    group by all

),

cohorts as (

    {{ measured_cohorts('summed') }}

),

judged as (

    select
        *,
        score_sum / nullif(sample_size, 0) as mean_score,
        {{ wilson_bound('event_count', 'sample_size', '-') }} as rate_low,
        {{ wilson_bound('event_count', 'sample_size', '+') }} as rate_high,
        coalesce(
            cohort_reason, if(problem_type = 'binary', null, 'score_not_probability')
        ) as rate_reason,
        case
            when rate_reason is not null then rate_reason
            when not is_probability then 'score_not_probability'
            when sample_size < {{ var('minimum_performance_sample', 100) }} then 'small_sample'
        end as reason

    from cohorts

),

measures as (

    select
        *,
        unnest([
            {{ metric_value('observed_rate', 'event_count / nullif(sample_size, 0)',
                'rate_wilson_95', 'rate_reason', ci_low='rate_low', ci_high='rate_high') }},
            {{ metric_value('mean_score_matured', 'mean_score', 'mean', 'cohort_reason') }},
            {{ metric_value('observed_expected_ratio', 'event_count / nullif(score_sum, 0)',
                'observed_over_expected_wilson_95',
                "coalesce(reason, if(score_sum = 0, 'constant_score', null))",
                ci_low='rate_low / nullif(mean_score, 0)',
                ci_high='rate_high / nullif(mean_score, 0)') }},
            {{ metric_value('observed_expected_gap',
                'abs(ln(nullif(event_count, 0) / nullif(greatest(score_sum, 0), 0)))', 'absolute_log_ratio',
                "coalesce(reason, if(event_count = 0 or score_sum <= 0, 'single_class', null))") }},
            {{ metric_value('brier', 'error_square_sum / nullif(sample_size, 0)',
                'brier_mean_square', 'reason') }},
            {{ metric_value('log_loss', 'log_loss_sum / nullif(sample_size, 0)',
                'log_loss_natural_clip_1e15', 'reason') }},
            {{ metric_value('ece', 'gap_sum / nullif(sample_size, 0)',
                'ece_10_equal_width_left_closed',
                "coalesce(reason, if(is_redefined, 'definition_changed', null))",
                error_bound='2 * split_count / nullif(sample_size, 0)') }},
            {{ metric_value('mce', 'most_gap', 'mce_10_equal_width_left_closed',
                "coalesce(reason, if(is_redefined, 'definition_changed', null))",
                error_bound='if(split_count = 0, 0, greatest(most_gap, 1 - most_gap))') }}
        ]) as measure

    from judged

)

{{ metric_rows('measures') }}
