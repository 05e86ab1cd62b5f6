{#- What a comparison of groups needs. Decisions count as soon as they are known, errors once the
    cohort is matured. A cohort of a log without groups keeps one row under 'all', which says so. -#}
with

models as (

    {{ models_with('fairness') }}

),

periods as (

    select periods.*

    from {{ ref('met_periods') }} as periods
    inner join models on periods.model_id = models.model_id

    where periods.problem_type = 'binary'

),

decisions as (

    select
        *,
        outcome_class is null as is_prediction

    from {{ ref('evd_decisions') }}

    where key_role = 'group' and known_date <= {{ as_of_date() }}

),

days as (

    {{ period_days() }}

),

-- What measured_cohorts judges by its maturity are the outcomes.
counted as (

    select
        decisions.model_id,
        decisions.model_version,
        decisions.segment_key,
        decisions.segment_value,
        days.period_grain,
        sum(if(is_prediction, n, 0)) as prediction_count,
        sum(if(is_prediction and is_favourable is not null, n, 0)) as decided_count,
        sum(if(is_prediction and is_favourable, n, 0)) as favourable_count,
        sum(if(is_prediction and is_final_favourable, n, 0)) as final_favourable_count,
        sum(if(is_prediction and final_decision <> decision, n, 0)) as override_count,
        {{ exact_sum('if(is_prediction, score_sum, 0)') }} as score_sum,
        {{ exact_sum('if(is_prediction, score_square_sum, 0)') }} as score_square_sum,
        sum(if(
            is_matured and not is_prediction and predicted_class is not null, n, 0
        )) as case_count,
        sum(if(is_matured and outcome_class = '1', n, 0)) as event_count,
        sum(if(
            is_matured and outcome_class = '1' and predicted_class = '1', n, 0
        )) as true_positive_count,
        sum(if(
            is_matured and outcome_class = '1' and predicted_class = '0', n, 0
        )) as false_negative_count,
        sum(if(
            is_matured and outcome_class = '0' and predicted_class = '1', n, 0
        )) as false_positive_count,
        sum(if(
            is_matured and outcome_class = '0' and predicted_class = '0', n, 0
        )) as true_negative_count,
        days.period_start,
        days.period_end

    from decisions
    inner join days using (model_id, model_version, event_date)

    group by all

),

cohorts as (

    {{ measured_cohorts('counted') }}

)

select
    model_id,
    model_version,
    segment_key,
    segment_value,
    period_grain,
    cast(prediction_count as bigint) as prediction_count,
    cast(decided_count as bigint) as decided_count,
    cast(favourable_count as bigint) as favourable_count,
    cast(final_favourable_count as bigint) as final_favourable_count,
    cast(override_count as bigint) as override_count,
    score_sum,
    score_square_sum,
    cast(sample_size as bigint) as classified_count,
    cast(true_positive_count as bigint) as true_positive_count,
    cast(false_negative_count as bigint) as false_negative_count,
    cast(false_positive_count as bigint) as false_positive_count,
    cast(true_negative_count as bigint) as true_negative_count,
    cohort_reason as outcome_reason,
    period_start,
    period_end

from cohorts
