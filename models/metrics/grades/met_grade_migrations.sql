{#- Where the cases of a period stood a year earlier under the same version, and where they stand
    now. No outcome is needed: a pair belongs to the period of its later prediction. -#}
{%- set cohort = [
    'model_id', 'model_version', 'segment_key', 'segment_value',
    'period_grain', 'period_start', 'period_end'
] | join(', ') -%}
with

models as (

    {{ models_with('validation') }}

),

periods as (

    select * from {{ ref('met_periods') }}
    where problem_type = 'binary' and model_id in (select models.model_id from models)

),

score_pairs as (

    select * from {{ ref('evd_score_pairs') }}
    where pair_kind = 'migration' and known_date <= {{ as_of_date() }}

),

validation_parameters as (

    {{ known_rows('validation_parameters') }}

),

version_grades as (

    {{ version_grades() }}

),

pairs as (

    select
        periods.model_id,
        periods.model_version,
        score_pairs.segment_key,
        score_pairs.segment_value,
        periods.period_grain,
        periods.period_start,
        periods.period_end,
        score_pairs.score_resolution,
        score_pairs.other_score_bin as earlier_bin,
        score_pairs.score_bin as later_bin,
        sum(score_pairs.n) as pair_count

    from periods
    inner join score_pairs
        on
            periods.model_id = score_pairs.model_id
            and periods.model_version = score_pairs.model_version
            and score_pairs.event_date between periods.period_start and periods.period_end

    group by all

    having pair_count > 0

),

resolutions as (

    select distinct
        model_id,
        model_version,
        score_resolution
    from pairs

),

grade_bins as (

    {{ grade_bins() }}

),

moves as (

    select
        pairs.*,
        earlier.grade as grade_from,
        later.grade as grade_to,
        earlier_bin in (earlier.split_from, earlier.split_to)
        or later_bin in (later.split_from, later.split_to) as is_split

    from pairs
    left join grade_bins as earlier
        on
            pairs.model_id = earlier.model_id
            and pairs.model_version = earlier.model_version
            and pairs.score_resolution = earlier.score_resolution
            and pairs.earlier_bin between earlier.first_bin and earlier.last_bin
    left join grade_bins as later
        on
            pairs.model_id = later.model_id
            and pairs.model_version = later.model_version
            and pairs.score_resolution = later.score_resolution
            and pairs.later_bin between later.first_bin and later.last_bin

),

summed as (

    select
        {{ cohort }},
        sum(pair_count) as pair_count,
        sum(if(is_split, pair_count, 0)) as split_count

    from moves

    group by all

),

cohorts as (

    select
        periods.model_id,
        periods.model_version,
        coalesce(summed.segment_key, 'all') as segment_key,
        coalesce(summed.segment_value, 'all') as segment_value,
        periods.period_grain,
        periods.period_start,
        periods.period_end,
        validation_parameters.rating_scale_id,
        cast(coalesce(summed.pair_count, 0) as bigint) as sample_size,
        cast(summed.split_count as bigint) as split_count

    from periods
    left join summed using (model_id, model_version, period_grain, period_start, period_end)
    left join validation_parameters using (model_id, model_version)

),

in_cells as (

    select
        {{ cohort }},
        grade_from,
        grade_to,
        sum(pair_count) as pair_count

    from moves

    group by all

),

cells as (

    select
        cohorts.* exclude (sample_size, split_count),
        earlier_grades.grade as grade_from,
        earlier_grades.grade_rank as grade_rank_from,
        later_grades.grade as grade_to,
        later_grades.grade_rank as grade_rank_to

    from cohorts
    inner join version_grades as earlier_grades
        on
            cohorts.model_id = earlier_grades.model_id
            and cohorts.model_version = earlier_grades.model_version
    inner join version_grades as later_grades
        on
            cohorts.model_id = later_grades.model_id
            and cohorts.model_version = later_grades.model_version

    where cohorts.sample_size > 0

)

select
    {{ cohort }},
    rating_scale_id,
    cast(null as varchar) as grade_from,
    cast(null as integer) as grade_rank_from,
    cast(null as varchar) as grade_to,
    cast(null as integer) as grade_rank_to,
    sample_size,
    split_count

from cohorts

union all

select
    {{ cohort }},
    cells.rating_scale_id,
    grade_from,
    cells.grade_rank_from,
    grade_to,
    cells.grade_rank_to,
    cast(coalesce(in_cells.pair_count, 0) as bigint) as sample_size,
    cast(null as bigint) as split_count

from cells
left join in_cells using ({{ cohort }}, grade_from, grade_to)
