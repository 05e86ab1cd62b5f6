{#- Several classes, of which each case was predicted to be one with a probability. Everything comes
    from the counts of predicted by observed class. Classes are those that the cohort predicted or
    observed. -#}
{%- set cohort = [
    'model_id', 'model_version', 'segment_key', 'segment_value',
    'period_grain', 'period_start', 'period_end'
] | join(', ') -%}
with

periods as (

    select * from {{ ref('met_periods') }}
    where problem_type = 'multiclass'

),

score_outcomes as (

    select * from {{ ref('evd_score_outcomes') }}

),

matured as (

    {{ matured_outcomes() }}

),

-- Each cell counts for the class that was predicted and for the one that was observed.
class_sides as (

    select
        {{ cohort }},
        predicted_class as class_label,
        n as predicted_count,
        0 as observed_count,
        if(predicted_class = outcome_class, n, 0) as right_count

    from matured

    union all

    select
        {{ cohort }},
        outcome_class as class_label,
        0 as predicted_count,
        n as observed_count,
        0 as right_count

    from matured

),

classes as (

    select
        {{ cohort }},
        class_label,
        cast(sum(predicted_count) as bigint) as predicted_count,
        cast(sum(observed_count) as bigint) as observed_count,
        cast(sum(right_count) as bigint) as right_count

    from class_sides

    group by all

    having sum(predicted_count) <> 0 or sum(observed_count) <> 0

),

scores as (

    select
        {{ cohort }},
        {{ exact_sum('score_sum') }} as score_sum

    from matured

    group by all

),

summed as (

    select
        classes.model_id,
        classes.model_version,
        classes.segment_key,
        classes.segment_value,
        classes.period_grain,
        sum(observed_count) as case_count,
        cast(null as bigint) as event_count,
        sum(right_count) as right_count,
        any_value(scores.score_sum) as score_sum,
        count(*) filter (predicted_count > 0) as predicted_class_count,
        count(*) filter (observed_count > 0) as observed_class_count,
        sum(cast(predicted_count as hugeint) * predicted_count) as predicted_square_sum,
        sum(cast(observed_count as hugeint) * observed_count) as observed_square_sum,
        sum(cast(predicted_count as hugeint) * observed_count) as chance_sum,
        {{ exact_sum('2 * right_count / (predicted_count + observed_count)') }} as f1_sum,
        count(*) as class_count,
        {{ exact_sum('observed_count * 2 * right_count / (predicted_count + observed_count)') }}
            as weighted_f1_sum,
        classes.period_start,
        classes.period_end

    from classes
    inner join scores using ({{ cohort }})

    group by all

),

cohorts as (

    {{ measured_cohorts('summed') }}

),

judged as (

    select
        *,
        cast(nullif(sample_size, 0) as double) as cases,
        score_sum / cases as mean_score,
        sqrt(
            (cases * cases - predicted_square_sum) * (cases * cases - observed_square_sum)
        ) as both_variations,
        {{ wilson_bound('right_count', 'sample_size', '-') }} as accuracy_low,
        {{ wilson_bound('right_count', 'sample_size', '+') }} as accuracy_high,
        -- with one class there is still a share that was predicted right
        case
            when cohort_reason is not null then cohort_reason
            when sample_size < {{ var('minimum_performance_sample', 100) }} then 'small_sample'
        end as accuracy_reason,
        coalesce(accuracy_reason, if(observed_class_count = 1, 'single_class', null)) as reason,
        coalesce(reason, if(predicted_class_count = 1, 'constant_score', null))
            as correlation_reason

    from cohorts

),

judged_classes as (

    select
        classes.*,
        predicted_count + observed_count as either_count,
        case
            when predicted_count = 0 then 'class_not_predicted'
            when predicted_count < {{ var('minimum_class_count', 20) }} then 'small_sample'
        end as precision_reason,
        case
            when observed_count = 0 then 'class_not_observed'
            when observed_count < {{ var('minimum_class_count', 20) }} then 'small_sample'
        end as recall_reason,
        case
            when greatest(predicted_count, observed_count) = 0 then 'no_data'
            when
                greatest(predicted_count, observed_count) < {{ var('minimum_class_count', 20) }}
                then 'small_sample'
        end as f1_reason

    from classes

),

measures as (

    select
        *,
        unnest([
            {{ metric_value('accuracy', 'right_count / cases', 'rate_wilson_95', 'accuracy_reason',
                ci_low='accuracy_low', ci_high='accuracy_high') }},
            {{ metric_value('macro_f1', 'f1_sum / class_count', 'mean_f1_of_classes_seen',
                'reason') }},
            {{ metric_value('weighted_f1', 'weighted_f1_sum / cases',
                'mean_f1_weighted_by_observed_class', 'reason') }},
            {{ metric_value('cohen_kappa',
                '(right_count / cases - chance_sum / cases / cases) / '
                ~ 'nullif(1 - chance_sum / cases / cases, 0)', 'cohen_unweighted', 'reason') }},
            {{ metric_value('mcc', clamp(
                '(right_count * cases - chance_sum) / nullif(both_variations, 0)', -1, 1),
                'matthews_multiclass_gorodkin', 'correlation_reason') }},
            {{ metric_value('mean_score_matured', 'mean_score', 'mean', 'cohort_reason') }},
            {{ metric_value('observed_expected_ratio', 'right_count / nullif(score_sum, 0)',
                'accuracy_over_mean_top_score_wilson_95',
                "coalesce(accuracy_reason, if(score_sum = 0, 'constant_score', null))",
                ci_low='accuracy_low / nullif(mean_score, 0)',
                ci_high='accuracy_high / nullif(mean_score, 0)') }}
        ]) as measure

    from judged

),

class_measures as (

    select
        *,
        unnest([
            {{ metric_value('class_precision', 'right_count / nullif(predicted_count, 0)',
                'rate_wilson_95', 'precision_reason', sample_size='predicted_count',
                event_count='right_count',
                ci_low=wilson_bound('right_count', 'predicted_count', '-'),
                ci_high=wilson_bound('right_count', 'predicted_count', '+')) }},
            {{ metric_value('class_recall', 'right_count / nullif(observed_count, 0)',
                'rate_wilson_95', 'recall_reason', sample_size='observed_count',
                event_count='right_count',
                ci_low=wilson_bound('right_count', 'observed_count', '-'),
                ci_high=wilson_bound('right_count', 'observed_count', '+')) }},
            {{ metric_value('class_f1', '2 * right_count / nullif(either_count, 0)',
                'f1_one_class_against_rest', 'f1_reason',
                sample_size='greatest(predicted_count, observed_count)',
                event_count='right_count') }}
        ]) as measure

    from judged_classes

)

{{ metric_rows('measures') }}

union all

{{ metric_rows('class_measures', variable="concat('class:', class_label)") }}
