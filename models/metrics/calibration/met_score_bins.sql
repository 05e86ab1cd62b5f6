{#- Matured outcomes by cohort and score. Sums stay with their bin, so that what is made of them is
    exact wherever the statistic is a sum. -#}
{%- set cohort = [
    'model_id', 'model_version', 'segment_key', 'segment_value',
    'period_grain', 'period_start', 'period_end'
] | join(', ') -%}
with

periods as (

    select * from {{ ref('met_periods') }}
    where problem_type = 'binary'

),

score_outcomes as (

    select * from {{ ref('evd_score_outcomes') }}

),

cohorts as (

    select * from {{ ref('met_score_cohorts') }}

),

models as (

    {{ known_rows('models') }}

),

matured as (

    {{ matured_outcomes() }}

),

bins as (

    select
        {{ cohort }},
        score_bin,
        score_resolution,
        sum(n) as case_count,
        sum(if(outcome_class = '1', n, 0)) as event_count,
        {{ exact_sum('score_sum') }} as score_sum,
        {{ exact_sum('score_square_sum') }} as score_square_sum,
        {{ exact_sum('score_outcome_sum') }} as score_outcome_sum

    from matured

    group by all

    having case_count > 0

)

select
    cohorts.cohort_number,
    if(models.score_direction = 'lower_is_event', -score_bin, score_bin) as risk_bin,
    bins.score_resolution,
    cast(bins.case_count as bigint) as case_count,
    cast(bins.event_count as bigint) as event_count,
    bins.score_sum,
    bins.score_square_sum,
    bins.score_outcome_sum,
    bins.score_resolution >= 1099511627776 as is_exact

from bins
inner join cohorts using ({{ cohort }})
inner join models using (model_id)
