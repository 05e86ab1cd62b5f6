{#- What a cohort's figures were on the day its outcomes were due, and what they are as known now.
    Beside them the naive figure: whatever was visible when the period ended. Bad outcomes come
    early, so that it is biased; it is here to be seen, and nothing judges it. -#}
{%- set cohort = ['model_id', 'model_version', 'period_grain', 'period_start', 'period_end'] -%}
with

periods as (

    select * from {{ ref('met_periods') }}
    where
        problem_type in ('binary', 'regression', 'loss', 'multiclass')
        and (is_judged_grain or period_grain = 'all')

),

score_outcomes as (

    select * from {{ ref('evd_score_outcomes') }}
    where segment_key = 'all'

),

models as (

    {{ known_rows('models') }}

),

scored as (

    select * from {{ ref('evd_feature_bins') }}
    where segment_key = 'all' and variable = 'score' and bin_id <> -9

),

vintage_names (vintage) as (

    values ('first'), ('now'), ('naive')

),

vintages as (

    {{ outcome_vintages() }}

),

predicted as (

    select
        {{ cohort | join(',\n        ') }},
        vintage,
        sum(n) as prediction_count

    from vintages
    inner join scored using (model_id, model_version, event_date)

    where known_date <= seen_on

    group by all

),

observed as (

    select
        {{ cohort | join(',\n        ') }},
        vintage,
        sum(n) as outcome_count,
        sum(if(outcome_class = '1', n, 0)) as event_count,
        sum(hit_count) as hit_count,
        bool_and(log_loss_sum is not null) as is_probability,
        {{ exact_sum('score_sum') }} as score_sum,
        {{ exact_sum(squared_error()) }} as error_square_sum,
        {{ exact_sum('absolute_error_sum') }} as absolute_error_sum

    from vintages
    inner join score_outcomes using (model_id, model_version, event_date)

    where known_date <= seen_on

    group by all

),

-- The ranking of each vintage is that of a matured cohort's slice.
matured as (

    select
        score_outcomes.* exclude (segment_key, segment_value),
        'vintage' as segment_key,
        vintages.vintage as segment_value,
        vintages.period_grain,
        vintages.period_start,
        vintages.period_end

    from vintages
    inner join score_outcomes using (model_id, model_version, event_date)

    where known_date <= seen_on and vintages.problem_type = 'binary'

),

rankings as (

    {{ discrimination_measures() }}

),

areas as (

    select
        {{ cohort | join(',\n        ') }},
        segment_value as vintage,
        measure.value as auc,
        measure.error_bound as auc_error,
        measure.status_reason as auc_reason

    from rankings

    where segment_key = 'vintage' and measure.metric = 'auc'

),

cohorts as (

    select
        periods.*,
        vintage,
        areas.auc,
        areas.auc_error,
        areas.auc_reason,
        if(periods.problem_type = 'binary', observed.event_count, null) as event_count,
        observed.hit_count,
        observed.is_probability,
        observed.score_sum,
        observed.error_square_sum,
        observed.absolute_error_sum,
        coalesce(predicted.prediction_count, 0) as prediction_count,
        coalesce(observed.outcome_count, 0) as outcome_count,
        cast(nullif(observed.outcome_count, 0) as double) as cases,
        if(periods.period_grain = 'all', periods.period_start, periods.period_end)
        + periods.outcome_horizon_days as due_on,
        due_on <= {{ as_of_date() }} as is_matured,
        if(vintage <> 'naive' and not is_matured, 'immature', null) as count_reason,
        coalesce(
            count_reason, if(coalesce(predicted.prediction_count, 0) = 0, 'no_data', null)
        ) as coverage_reason,
        coalesce(count_reason, if(cases is null, 'no_data', null)) as rate_reason,
        coalesce(
            rate_reason,
            if(outcome_count < {{ var('minimum_performance_sample', 100) }}, 'small_sample', null)
        ) as error_reason,
        case
            when rate_reason is not null then rate_reason
            when not is_probability then 'score_not_probability'
            else error_reason
        end as reason

    from periods
    cross join vintage_names
    left join predicted using ({{ cohort | join(', ') }}, vintage)
    left join observed using ({{ cohort | join(', ') }}, vintage)
    left join areas using ({{ cohort | join(', ') }}, vintage)

),

measures as (

    select
        *,
        unnest(list_concat(
            [
                {{ metric_value('outcome_count', 'outcome_count', 'count', 'count_reason',
                    sample_size='prediction_count') }},
                {{ metric_value('outcome_coverage', 'outcome_count / nullif(prediction_count, 0)',
                    'rate_wilson_95', 'coverage_reason', sample_size='prediction_count') }}
            ],
            case problem_type when 'binary' then [
                {{ metric_value('observed_rate', 'event_count / cases', 'rate_wilson_95',
                    'rate_reason', sample_size='outcome_count') }},
                {{ metric_value('observed_expected_ratio', 'event_count / nullif(score_sum, 0)',
                    'observed_over_expected_wilson_95',
                    "coalesce(reason, if(score_sum = 0, 'constant_score', null))",
                    sample_size='outcome_count') }},
                {{ metric_value('brier', 'greatest(0, error_square_sum) / cases',
                    'brier_mean_square', 'reason', sample_size='outcome_count') }},
                {{ metric_value('auc', 'auc', 'auc_ties_half_delong_95',
                    "coalesce(rate_reason, if(auc is null, auc_reason, null))", 'auc_reason',
                    error_bound='auc_error', sample_size='outcome_count') }}
            ] when 'multiclass' then [
                {{ metric_value('accuracy', 'hit_count / cases', 'rate_wilson_95', 'error_reason',
                    sample_size='outcome_count') }}
            ] else [
                {{ metric_value('mae', 'absolute_error_sum / cases', 'mean_absolute_error',
                    'error_reason', sample_size='outcome_count') }}
            ] end
        )) as measure

    from cohorts

)

select
    model_id,
    model_version,
    problem_type,
    period_grain,
    measure.metric,
    measure.convention_id,
    {%- for vintage, names in {
        'first': ['value_first', 'sample_first', 'events_first', 'reason_first'],
        'now': ['value_now', 'sample_now', 'events_now', 'reason_now'],
        'naive': ['naive_value', 'naive_sample', 'naive_events', 'naive_reason']
    }.items() %}
    {%- for part in ['value', 'sample_size', 'event_count', 'status_reason'] %}
    max(measure.{{ part }}) filter (where vintage = '{{ vintage }}') as {{ names[loop.index0] }},
    {%- endfor %}
    {%- endfor %}
    value_now - value_first as value_change,
    max(measure.error_bound) filter (where vintage <> 'naive') as error_bound,
    is_matured,
    period_start,
    period_end,
    if(period_grain = 'all', null, due_on) as due_on,
    if(is_matured and period_grain <> 'all', due_on, null) as first_known_on,
    {{ as_of_date() }} as known_date

from measures

group by all
