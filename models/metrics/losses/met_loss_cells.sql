{#- The ECB's twelve segments: below 5 %, to 10 %, then tenths, and 100 % or more. A bin that holds
    an edge belongs above it: in bins so narrow that each holds one double, that is the edge. -#}
with

periods as (

    select * from {{ ref('met_periods') }}
    where problem_type = 'loss'

),

score_outcomes as (

    select * from {{ ref('evd_score_outcomes') }}
    where outcome_class is not null

),

cohorts as (

    select * from {{ ref('met_loss_sums') }}
    where sample_size > 0

),

matured as (

    {{ matured_outcomes() }}

),

segmented as (

    select
        *,
        case
            when 20 * score_bin + 19 < score_resolution then 0
            else least(11, (10 * score_bin + 9) // score_resolution + 1)
        end as estimated_segment,
        10 * score_bin // score_resolution + 1 as tenth_above,
        score_resolution < 1099511627776
        and (
            (tenth_above <= 10 and tenth_above * score_resolution < 10 * score_bin + 10)
            or (20 * score_bin < score_resolution and score_resolution < 20 * score_bin + 20)
        ) as is_split

    from matured

)

select
    cohorts.cohort_number,
    cast(segmented.estimated_segment as integer) as estimated_segment,
    cast(segmented.outcome_class as integer) as realised_segment,
    cast(sum(segmented.n) as bigint) as n,
    cast(sum(if(segmented.is_split, segmented.n, 0)) as bigint) as split_count

from segmented
inner join cohorts
    using (
        model_id, model_version, segment_key, segment_value, period_grain, period_start, period_end
    )

group by all

having sum(segmented.n) > 0
