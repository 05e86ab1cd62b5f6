with

periods as (

    select * from {{ ref('met_periods') }}
    where problem_type = 'binary'

),

score_outcomes as (

    select * from {{ ref('evd_score_outcomes') }}
    where predicted_class is not null

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
        sum(if(outcome_class = '1', n, 0)) as event_count,
        sum(if(predicted_class = '1', n, 0)) as alarm_count,
        sum(if(outcome_class = '1' and predicted_class = '1', n, 0)) as caught_count,
        sum(if((outcome_class = '1') = (predicted_class = '1'), n, 0)) as correct_count,
        period_start,
        period_end

    from matured

    group by all

),

cohorts as (

    {{ measured_cohorts('summed') }}

),

judged as (

    select
        *,
        case
            when cohort_reason is not null then cohort_reason
            when event_count in (0, sample_size) then 'single_class'
            when
                sample_size < {{ var('minimum_performance_sample', 100) }}
                or least(event_count, sample_size - event_count)
                < {{ var('minimum_class_count', 20) }}
                then 'small_sample'
        end as reason,
        -- with one class there is still a share that was predicted right
        case
            when cohort_reason is not null then cohort_reason
            when sample_size < {{ var('minimum_performance_sample', 100) }} then 'small_sample'
        end as accuracy_reason,
        -- without an alarm there is nothing to be precise about
        coalesce(reason, if(alarm_count = 0, 'single_class', null)) as precision_reason

    from cohorts

),

measures as (

    select
        *,
        unnest([
            {{ metric_value('accuracy', 'correct_count / nullif(sample_size, 0)',
                'rate_wilson_95', 'accuracy_reason',
                ci_low=wilson_bound('correct_count', 'sample_size', '-'),
                ci_high=wilson_bound('correct_count', 'sample_size', '+')) }},
            {{ metric_value('precision', 'caught_count / nullif(alarm_count, 0)',
                'rate_wilson_95', 'precision_reason',
                ci_low=wilson_bound('caught_count', 'alarm_count', '-'),
                ci_high=wilson_bound('caught_count', 'alarm_count', '+')) }},
            {{ metric_value('recall', 'caught_count / nullif(event_count, 0)',
                'rate_wilson_95', 'reason',
                ci_low=wilson_bound('caught_count', 'event_count', '-'),
                ci_high=wilson_bound('caught_count', 'event_count', '+')) }},
            {{ metric_value('f1', '2 * caught_count / nullif(alarm_count + event_count, 0)',
                'f1_event_class', 'reason') }}
        ]) as measure

    from judged

)

{{ metric_rows('measures') }}
