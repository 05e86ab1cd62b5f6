{#- What was predicted, and how much of what is due has an outcome. Unlike the metrics of a matured
    cohort this counts day by day: a period is covered as soon as its first predictions are due. -#}
with

periods as (

    select * from {{ ref('met_periods') }}
    where problem_type in ('binary', 'regression', 'loss', 'multiclass')

),

feature_bins as (

    select * from {{ ref('evd_feature_bins') }}
    where variable in ('score', 'predicted_class')

),

baselines as (

    select * from {{ ref('evd_baselines') }}

),

score_outcomes as (

    select * from {{ ref('evd_score_outcomes') }}

),

days as (

    {{ period_days() }}

),

event_cells as (

    select
        log_id,
        model_id,
        model_version,
        bin_id as event_bin_id
    from baselines
    where variable = 'predicted_class' and category = '1'

),

predicted as (

    select
        days.model_id,
        days.model_version,
        bins.segment_key,
        bins.segment_value,
        days.period_grain,
        sum(bins.n) filter (bins.variable = 'score' and bins.bin_id <> -9) as case_count,
        sum(bins.n) filter (
            bins.variable = 'score' and bins.bin_id <> -9 and days.is_due
        ) as due_count,
        sum(bins.n) filter (bins.variable = 'score' and bins.bin_id not in (-9, -1)) as score_count,
        {{ exact_sum("if(bins.variable = 'score' and bins.bin_id = -9, bins.value_sum, null)") }}
            as score_sum,
        sum(bins.n) filter (bins.variable = 'predicted_class' and bins.bin_id <> -1) as class_count,
        sum(bins.n) filter (
            bins.variable = 'predicted_class' and bins.bin_id = cells.event_bin_id
        ) as positive_count,
        -- an event class outside the frozen list hides among the unseen ones
        coalesce(sum(bins.n) filter (
            bins.variable = 'predicted_class' and bins.bin_id = -2 and cells.event_bin_id is null
        ), 0) > 0 as is_positive_hidden,
        days.period_start,
        days.period_end

    from feature_bins as bins
    inner join days using (model_id, model_version, event_date)
    left join event_cells as cells using (log_id, model_id, model_version)

    where bins.known_date <= {{ as_of_date() }}

    group by all

),

known as (

    select
        days.model_id,
        days.model_version,
        score_outcomes.segment_key,
        score_outcomes.segment_value,
        days.period_grain,
        sum(score_outcomes.n) as matured_count,
        days.period_start,
        days.period_end

    from score_outcomes
    inner join days using (model_id, model_version, event_date)

    where
        score_outcomes.known_date <= {{ as_of_date() }}
        and days.is_due

    group by all

),

summed as (

    select
        predicted.*,
        coalesce(known.matured_count, 0) as matured_count,
        cast(null as bigint) as event_count

    from predicted
    left join known
        using (
            model_id, model_version, segment_key, segment_value,
            period_grain, period_start, period_end
        )

),

cohorts as (

    {{ measured_cohorts('summed') }}

),

judged as (

    select
        * exclude (due_count, score_count, class_count),
        coalesce(cohorts.due_count, 0) as due_count,
        coalesce(cohorts.score_count, 0) as score_count,
        coalesce(cohorts.class_count, 0) as class_count,
        if(sample_size = 0, 'no_data', null) as reason,
        coalesce(reason, if(cohorts.due_count is null, 'immature', null)) as due_reason,
        case
            when cohorts.class_count is null then 'no_data'
            when problem_type = 'multiclass' then 'no_event_class'
            when is_positive_hidden then 'no_baseline'
        end as class_reason

    from cohorts

),

measures as (

    select
        *,
        unnest([
            {{ metric_value('prediction_count', 'sample_size', 'count', 'reason') }},
            {{ metric_value('matured_count', 'matured_count', 'count', 'due_reason',
                sample_size='due_count') }},
            {{ metric_value('outcome_coverage', 'matured_count / nullif(due_count, 0)',
                'rate_wilson_95', 'due_reason', sample_size='due_count',
                ci_low=wilson_bound('matured_count', 'due_count', '-'),
                ci_high=wilson_bound('matured_count', 'due_count', '+')) }},
            {{ metric_value('mean_score', 'score_sum / nullif(score_count, 0)', 'mean',
                "if(score_count = 0, 'no_data', null)", sample_size='score_count') }},
            {{ metric_value('positive_rate', 'coalesce(positive_count, 0) / nullif(class_count, 0)',
                'rate_wilson_95', 'class_reason', sample_size='class_count',
                ci_low=wilson_bound('coalesce(positive_count, 0)', 'class_count', '-'),
                ci_high=wilson_bound('coalesce(positive_count, 0)', 'class_count', '+')) }}
        ]) as measure

    from judged

)

{{ metric_rows('measures') }}
