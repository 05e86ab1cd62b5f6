{#- The rest of a segment is the whole less the segment, row by row of the evidence: it is
    independent of the segment, which the whole is not. -#}
{%- set sums = [
    'n', 'score_sum', 'score_square_sum', 'outcome_sum', 'outcome_square_sum',
    'score_outcome_sum', 'absolute_error_sum', 'interval_count', 'covered_count'
] -%}
{%- set figures = {
    'auc': 'lower', 'observed_expected_ratio': 'from_one', 'mae': 'higher', 'bias': 'from_zero',
    'interval_coverage': 'lower'
} -%}
with

live_versions as (

    select distinct
        model_id,
        model_version

    from {{ ref('evd_baselines') }}

    where {{ is_live_log() }}

),

judged_periods as (

    select
        periods.*,
        row_number() over (
            partition by periods.model_id, periods.model_version order by periods.period_start desc
        ) as age

    from {{ ref('met_periods') }} as periods
    inner join live_versions using (model_id, model_version)

    where
        periods.is_judged_grain
        and periods.problem_type in ('binary', 'regression', 'loss')
        and (
            periods.period_grain = 'all'
            or periods.period_end + periods.outcome_horizon_days <= {{ as_of_date() }}
        )

),

periods as (

    select * exclude (age)
    from judged_periods
    where age = 1

),

score_outcomes as (

    select * from {{ ref('evd_score_outcomes') }}
    where {{ is_live_log() }}

),

models as (

    {{ known_rows('models') }}

),

known as (

    {{ matured_outcomes() }}

),

segments as (

    select distinct
        model_id,
        model_version,
        segment_key,
        segment_value

    from known

    where segment_key <> 'all'

),

matured as (

    select * from known

    union all by name

    select
        known.* exclude (segment_key, segment_value),
        'rest:' || segments.segment_key as segment_key,
        segments.segment_value

    from known
    inner join segments using (model_id, model_version)

    where known.segment_key = 'all'

    union all by name

    select
        * exclude (segment_key, {{ sums | join(', ') }}),
        {%- for name in sums %}
        -{{ name }} as {{ name }},
        {%- endfor %}
        'rest:' || segment_key as segment_key

    from known

    where segment_key <> 'all'

),

ranked as (

    {{ discrimination_measures() }}

),

aucs as (

    select
        model_id,
        model_version,
        segment_key,
        segment_value,
        sample_size,
        measure.value as figure,
        -- the wider side: the other one may have been clamped
        greatest(measure.ci_high - measure.value, measure.value - measure.ci_low)
        / 1.959963984540054 as figure_error,
        measure.status_reason

    from ranked

    where problem_type = 'binary' and measure.metric = 'auc'

),

summed as (

    select
        model_id,
        model_version,
        segment_key,
        segment_value,
        bool_and(log_loss_sum is not null) as is_probability,
        cast(sum(n) as double) as cases,
        sum(if(outcome_class = '1', n, 0)) as events,
        {%- for name in sums if name != 'n' %}
        {{ exact_sum(name) }} as {{ name }},
        {%- endfor %}
        greatest(0, {{ exact_sum(squared_error()) }}) as error_square_sum

    from matured

    group by all

),

measured as (

    select
        summed.*,
        periods.problem_type,
        summed.absolute_error_sum / nullif(summed.cases, 0) as mae,
        (summed.score_sum - summed.outcome_sum) / nullif(summed.cases, 0) as bias,
        error_square_sum / nullif(summed.cases, 0) as mean_square,
        summed.covered_count / nullif(summed.interval_count, 0) as covered

    from summed
    inner join periods using (model_id, model_version)

),

measures as (

    select
        model_id,
        model_version,
        segment_key,
        segment_value,
        'auc' as metric,
        cast(sample_size as double) as cases,
        figure,
        figure_error,
        status_reason

    from aucs

    union all

    select
        model_id,
        model_version,
        segment_key,
        segment_value,
        'observed_expected_ratio' as metric,
        cases,
        events / nullif(score_sum, 0) as figure,
        -- of its logarithm
        sqrt((1 - events / nullif(cases, 0)) / nullif(events, 0)) as figure_error,
        if(events < {{ var('minimum_class_count', 20) }}, 'small_sample', null) as status_reason

    from measured

    where problem_type = 'binary' and is_probability

    union all

    select
        model_id,
        model_version,
        segment_key,
        segment_value,
        'mae' as metric,
        cases,
        mae as figure,
        sqrt(greatest(0, mean_square - mae * mae) / nullif(cases - 1, 0)) as figure_error,
        null as status_reason

    from measured

    where problem_type <> 'binary'

    union all

    select
        model_id,
        model_version,
        segment_key,
        segment_value,
        'bias' as metric,
        cases,
        bias as figure,
        sqrt(greatest(0, mean_square - bias * bias) / nullif(cases - 1, 0)) as figure_error,
        null as status_reason

    from measured

    where problem_type <> 'binary'

    union all

    select
        model_id,
        model_version,
        segment_key,
        segment_value,
        'interval_coverage' as metric,
        interval_count as cases,
        covered as figure,
        sqrt(covered * (1 - covered) / nullif(interval_count, 0)) as figure_error,
        null as status_reason

    from measured

    where problem_type <> 'binary' and interval_count > 0

),

judged as (

    select
        * exclude (status_reason),
        case
            when cases < {{ var('minimum_performance_sample', 100) }} then 'small_sample'
            when status_reason is not null then status_reason
            when figure is null then 'no_data'
            when coalesce(figure_error, 0) = 0 then 'zero_variance'
        end as reason

    from measures

)

select
    segments.model_id,
    segments.model_version,
    segments.segment_key,
    segments.segment_value,
    periods.period_grain,
    periods.period_start,
    periods.period_end,
    segments.metric,
    case segments.metric
        {%- for metric, harm in figures.items() %}
        when '{{ metric }}' then '{{ harm }}'
        {%- endfor %}
    end as harm_kind,
    segments.figure as segment_figure,
    segments.figure_error as segment_error,
    rests.figure as rest_figure,
    rests.figure_error as rest_error,
    wholes.figure as whole_figure,
    cast(segments.cases as bigint) as sample_size,
    cast(coalesce(rests.cases, 0) as bigint) as rest_size,
    coalesce(
        segments.reason, rests.reason, if(rests.metric is null, 'no_data', null)
    ) as status_reason

from judged as segments
inner join periods using (model_id, model_version)
left join judged as rests
    on
        segments.model_id = rests.model_id
        and segments.model_version = rests.model_version
        and 'rest:' || segments.segment_key = rests.segment_key
        and segments.segment_value = rests.segment_value
        and segments.metric = rests.metric
left join judged as wholes
    on
        segments.model_id = wholes.model_id
        and segments.model_version = wholes.model_version
        and wholes.segment_key = 'all'
        and segments.metric = wholes.metric

where segments.segment_key <> 'all' and not starts_with(segments.segment_key, 'rest:')
