with

models as (

    {{ models_with('validation') }}

),

parameters as (

    {{ known_rows('validation_parameters') }}

),

periods as (

    select
        periods.*,
        parameters.validated_auc

    from {{ ref('met_periods') }} as periods
    inner join models using (model_id)
    left join parameters using (model_id, model_version)

    where periods.problem_type = 'loss'

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
        {%- for sum in [
            'score_sum', 'outcome_sum', 'score_square_sum', 'outcome_square_sum',
            'score_outcome_sum', 'exposure_sum', 'exposure_score_sum', 'exposure_outcome_sum'
        ] %}
        {{ exact_sum(sum) }} as {{ sum }},
        {%- endfor %}
        bool_or(outcome_class is not null) as is_rate,
        period_start,
        period_end

    from matured

    group by all

),

cohorts as (

    {{ measured_cohorts('summed') }}

)

select
    cast(row_number() over (
        order by
            model_id, model_version, period_start, period_grain, segment_key, segment_value
    ) as integer) as cohort_number,
    model_id,
    model_version,
    segment_key,
    segment_value,
    period_grain,
    period_start,
    period_end,
    cast(sample_size as bigint) as sample_size,
    cohort_reason,
    score_sum,
    outcome_sum,
    score_square_sum,
    outcome_square_sum,
    score_outcome_sum,
    exposure_sum,
    exposure_score_sum,
    exposure_outcome_sum,
    is_rate,
    -- a segment ranks less than the portfolio that the value was validated on
    if(segment_key = 'all', validated_auc, null) as validated_auc

from cohorts

order by cohort_number
