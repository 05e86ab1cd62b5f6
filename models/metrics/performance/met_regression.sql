with

periods as (

    select * from {{ ref('met_periods') }}
    where problem_type in ('regression', 'loss')

),

score_outcomes as (

    select * from {{ ref('evd_score_outcomes') }}

),

matured as (

    {{ matured_outcomes() }}

),

summed as (

    select
        model_id,
        model_version,
        segment_key,
        segment_value,
        period_grain,
        sum(n) as case_count,
        cast(null as bigint) as event_count,
        sum(hit_count) as hit_count,
        sum(interval_count) as interval_count,
        sum(covered_count) as covered_count,
        {%- for end in ['lower', 'upper'] %}
        {{ exact_sum('pinball_' ~ end ~ '_sum') }} as pinball_{{ end }}_sum,
        coalesce(bool_or(interval_count <> 0 and pinball_{{ end }}_sum is null), false)
            as is_{{ end }}_without_level,
        {%- endfor %}
        {{ exact_sum('score_sum') }} as score_sum,
        {{ exact_sum('score_square_sum') }} as score_square_sum,
        {{ exact_sum('outcome_sum') }} as outcome_sum,
        {{ exact_sum('outcome_square_sum') }} as outcome_square_sum,
        {{ exact_sum('score_outcome_sum') }} as score_outcome_sum,
        {{ exact_sum('absolute_error_sum') }} as absolute_error_sum,
        period_start,
        period_end

    from matured

    group by all

),

cohorts as (

    {{ measured_cohorts('summed') }}

),

centred as (

    select
        *,
        -- what is left of a sum of squares after centring is rounding below this share of it
        1e-12 as noise,
        cast(nullif(sample_size, 0) as double) as cases,
        score_square_sum - score_sum * score_sum / cases as score_variation,
        outcome_square_sum - outcome_sum * outcome_sum / cases as outcome_variation,
        score_outcome_sum - score_sum * outcome_sum / cases as covariation,
        greatest(0, {{ squared_error() }}) as error_square_sum,
        (score_sum - outcome_sum) / cases as bias,
        1.959963984540054 * sqrt(
            greatest(0, error_square_sum / cases - bias * bias) / nullif(cases - 1, 0)
        ) as bias_margin,
        outcome_variation <= noise * outcome_square_sum as is_outcome_constant,
        score_variation <= noise * score_square_sum as is_score_constant,
        covariation
        / nullif(sqrt(greatest(0, score_variation * outcome_variation)), 0) as pearson_value

    from cohorts

),

judged as (

    select
        *,
        case
            when cohort_reason is not null then cohort_reason
            when sample_size < {{ var('minimum_performance_sample', 100) }} then 'small_sample'
        end as reason,
        case
            when reason is not null then reason
            when is_outcome_constant then 'zero_variance'
        end as r2_reason,
        case
            when r2_reason is not null then r2_reason
            when is_score_constant then 'constant_score'
        end as pearson_reason,
        coalesce(reason, if(coalesce(interval_count, 0) = 0, 'no_data', null)) as interval_reason

    from centred

),

measures as (

    select
        *,
        unnest([
            {{ metric_value('mae', 'absolute_error_sum / cases', 'mean_absolute_error',
                'reason') }},
            {{ metric_value('rmse', 'sqrt(error_square_sum / cases)', 'root_mean_square_error',
                'reason') }},
            {{ metric_value('bias', 'bias', 'mean_score_minus_outcome_normal_95', 'reason',
                ci_low='bias - bias_margin', ci_high='bias + bias_margin') }},
            {{ metric_value('r2', '1 - error_square_sum / nullif(outcome_variation, 0)',
                'r2_about_outcome_mean', 'r2_reason') }},
            {{ metric_value('pearson', clamp('pearson_value', -1, 1), 'pearson',
                'pearson_reason') }},
            {{ metric_value('hit_rate', 'hit_count / cases', 'rate_wilson_95', 'reason',
                ci_low=wilson_bound('hit_count', 'sample_size', '-'),
                ci_high=wilson_bound('hit_count', 'sample_size', '+')) }},
            {{ metric_value('interval_coverage', 'covered_count / nullif(interval_count, 0)',
                'rate_wilson_95',
                'interval_reason',
                ci_low=wilson_bound('covered_count', 'interval_count', '-'),
                ci_high=wilson_bound('covered_count', 'interval_count', '+'),
                sample_size='coalesce(interval_count, 0)') }}
            {%- for end in ['lower', 'upper'] %},
            {{ metric_value('pinball_loss_' ~ end,
                'greatest(0, pinball_' ~ end ~ '_sum) / nullif(interval_count, 0)',
                'pinball_at_declared_level',
                "coalesce(interval_reason, if(is_" ~ end ~ "_without_level, 'not_declared', null))",
                sample_size='coalesce(interval_count, 0)') }}
            {%- endfor %}
        ]) as measure

    from judged

)

{{ metric_rows('measures') }}
