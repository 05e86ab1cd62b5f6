{#- Spearman's correlation of values and their forecasts from counts of score bin by outcome bin.
    With N cases, twice a bin's centred average rank is 2 x (cases up to and with it) - (its cases)
    - N: sums of integers, exact whatever the order of rows. Cases in one bin are tied. -#}
{%- set cohort = [
    'model_id', 'model_version', 'segment_key', 'segment_value',
    'period_grain', 'period_start', 'period_end'
] | join(', ') -%}
with

periods as (

    select * from {{ ref('met_periods') }}
    where problem_type = 'regression'

),

score_outcomes as (

    select * from {{ ref('evd_score_outcomes') }}

),

matured as (

    {{ matured_outcomes() }}

),

cells as (

    select
        {{ cohort }},
        score_bin,
        cast(outcome_class as bigint) as outcome_bin,
        min(score_resolution) as least_resolution,
        max(score_resolution) as most_resolution,
        cast(sum(n) as bigint) as n

    from matured

    group by all

    having sum(n) <> 0

),

ranked as (

    select
        *,
        sum(n) over cohort_cells as cohort_count,
        2 * sum(n) over (cohort_cells order by score_bin range unbounded preceding)
        - sum(n) over (cohort_cells order by score_bin range current row)
        - cohort_count as score_rank,
        2 * sum(n) over (cohort_cells order by outcome_bin range unbounded preceding)
        - sum(n) over (cohort_cells order by outcome_bin range current row)
        - cohort_count as outcome_rank

    from cells

    window cohort_cells as (partition by {{ cohort }})

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
        bool_and(score_bin is null) as is_undeclared,
        bool_or(score_bin is null) or min(least_resolution) <> max(most_resolution) as is_redefined,
        sum(cast(n as hugeint) * score_rank * outcome_rank) as covariation,
        sum(cast(n as hugeint) * score_rank * score_rank) as score_variation,
        sum(cast(n as hugeint) * outcome_rank * outcome_rank) as outcome_variation,
        period_start,
        period_end

    from ranked

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
            when sample_size < {{ var('minimum_performance_sample', 100) }} then 'small_sample'
            when is_undeclared then 'not_declared'
            when is_redefined then 'definition_changed'
            when outcome_variation = 0 then 'zero_variance'
            when score_variation = 0 then 'constant_score'
        end as reason,
        sqrt(score_variation) * sqrt(outcome_variation) as both_variations,
        {{ clamp('covariation / nullif(both_variations, 0)', -1, 1) }} as rho,
        -- Bonett and Wright (2000), Psychometrika 65, 23-28
        1.959963984540054 * sqrt((1 + rho * rho / 2) / nullif(greatest(sample_size - 3, 0), 0))
            as margin

    from cohorts

),

measures as (

    select
        *,
        {{ metric_value('spearman_ic', 'rho', 'spearman_average_ranks_bonett_wright_95', 'reason',
            ci_low='case when abs(rho) < 1 then tanh(atanh(rho) - margin) else rho end',
            ci_high='case when abs(rho) < 1 then tanh(atanh(rho) + margin) else rho end') }}
            as measure

    from judged

)

{{ metric_rows('measures') }}
