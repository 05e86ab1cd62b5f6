{#- Bins are counted per cohort first and only then placed in grades: a score bin stands for many
    days, and a grade for many bins. -#}
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

score_outcomes as (

    select * from {{ ref('evd_score_outcomes') }}

),

validation_parameters as (

    {{ known_rows('validation_parameters') }}

),

version_grades as (

    {{ version_grades() }}

),

matured as (

    {{ matured_outcomes() }}

),

bins as (

    select
        {{ cohort }},
        score_resolution,
        score_bin,
        bool_and(log_loss_sum is not null) as is_probability,
        sum(n) as case_count,
        sum(if(outcome_class = '1', n, 0)) as event_count,
        {{ exact_sum('score_sum') }} as score_sum,
        {{ exact_sum('exposure_sum') }} as exposure_sum

    from matured

    group by all

),

resolutions as (

    select distinct
        model_id,
        model_version,
        score_resolution
    from bins

),

grade_bins as (

    {{ grade_bins() }}

),

placed as (

    select
        bins.*,
        grade_bins.grade,
        score_bin between first_bin and last_bin as is_inside,
        score_bin in (split_from, split_to) as is_split

    from bins
    inner join grade_bins using (model_id, model_version, score_resolution)

),

in_grades as (

    select
        {{ cohort }},
        grade,
        sum(if(is_inside, case_count, 0)) as case_count,
        sum(if(is_inside, event_count, 0)) as event_count,
        {{ exact_sum('if(is_inside, score_sum, 0)') }} as score_sum,
        {{ exact_sum('if(is_inside, exposure_sum, 0)') }} as exposure_sum,
        sum(if(is_split, case_count, 0)) as split_count

    from placed

    where is_inside or is_split

    group by all

),

summed as (

    select
        {{ cohort }},
        bool_and(is_probability) as is_probability,
        sum(case_count) as case_count,
        sum(event_count) as event_count,
        {{ exact_sum('score_sum') }} as score_sum,
        {{ exact_sum('exposure_sum') }} as exposure_sum

    from bins

    group by all

),

cohorts as (

    {{ measured_cohorts('summed') }}

),

declared as (

    select
        cohorts.*,
        validation_parameters.rating_scale_id,
        validation_parameters.asset_correlation

    from cohorts
    left join validation_parameters using (model_id, model_version)

),

portfolios as (

    select
        {{ cohort }},
        rating_scale_id,
        cast(null as varchar) as grade,
        cast(null as integer) as grade_rank,
        cast(null as double) as grade_pd,
        asset_correlation,
        is_probability,
        cast(sample_size as bigint) as sample_size,
        cast(event_count as bigint) as event_count,
        score_sum,
        exposure_sum,
        cast(null as bigint) as split_count,
        cohort_reason

    from declared

),

graded as (

    select
        declared.model_id,
        declared.model_version,
        declared.segment_key,
        declared.segment_value,
        declared.period_grain,
        declared.period_start,
        declared.period_end,
        declared.rating_scale_id,
        version_grades.grade,
        version_grades.grade_rank,
        version_grades.grade_pd,
        declared.asset_correlation,
        declared.is_probability,
        cast(coalesce(in_grades.case_count, 0) as bigint) as sample_size,
        cast(coalesce(in_grades.event_count, 0) as bigint) as event_count,
        coalesce(in_grades.score_sum, 0) as score_sum,
        coalesce(in_grades.exposure_sum, 0) as exposure_sum,
        cast(coalesce(in_grades.split_count, 0) as bigint) as split_count,
        declared.cohort_reason

    from declared
    inner join version_grades using (model_id, model_version)
    left join in_grades using ({{ cohort }}, grade)

    where declared.cohort_reason is null

)

select * from portfolios
union all
select * from graded
