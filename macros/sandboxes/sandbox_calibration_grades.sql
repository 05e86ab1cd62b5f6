{#- The grade table of a sandbox: what each grade promised, what came, and whether chance explains the difference. -#}
{% macro sandbox_calibration_grades(sandbox_id) -%}
    {{ return(adapter.dispatch('sandbox_calibration_grades', 'dbt_model_risk')(sandbox_id)) }}
{%- endmacro %}

{% macro default__sandbox_calibration_grades(sandbox_id) %}
{%- set figures = {
    'grade_share': 'value', 'grade_expected_rate': 'value', 'grade_observed_rate': 'value',
    'jeffreys_p': 'value', 'jeffreys_overestimation_p': 'value', 'binomial_p': 'value', 'binomial_z': 'value',
    'traffic_light': 'value', 'binomial_correlated_p': 'value', 'traffic_light_correlated': 'value'
} %}
with

models as (

    {{ dbt_model_risk.models_with('validation') }} and sandbox_id = '{{ sandbox_id }}'

),

parameters as (

    {{ dbt_model_risk.known_rows('validation_parameters') }}

),

grades as (

    {{ dbt_model_risk.known_rows('rating_grades') }}

),

tests as (

    {{ dbt_model_risk.rows_in_force('validation_tests') }} and test_id = 'jeffreys_grade'

),

figures as (

    select
        model_id,
        model_version,
        segment_key,
        segment_value,
        period_grain,
        cast(period_start as date) as period_start,
        cast(period_end as date) as period_end,
        variable as grade,
        {%- for metric in figures %}
        max(value) filter (where metric = '{{ metric }}') as {{ metric }},
        {%- endfor %}
        max(ci_low) filter (where metric = 'grade_observed_rate') as observed_ci_low,
        max(ci_high) filter (where metric = 'grade_observed_rate') as observed_ci_high,
        max(sample_size) filter (where metric = 'grade_observed_rate') as sample_size,
        max(event_count) filter (where metric = 'grade_observed_rate') as event_count,
        max(status_reason) filter (where metric = 'jeffreys_p') as status_reason

    from {{ ref('met_grades') }}

    where variable is not null

    group by all

)

select
    concat_ws(
        '|', figures.model_id, figures.model_version, figures.segment_key, figures.segment_value,
        figures.period_grain, figures.period_start, figures.grade
    ) as calibration_grade_key,
    {{ dbt_model_risk.as_of_date() }} as as_of_date,
    models.sandbox_id,
    figures.model_id,
    models.name as model_name,
    figures.model_version,
    {{ dbt_model_risk.model_version_key('figures.model_id', 'figures.model_version') }} as model_version_key,
    figures.segment_key,
    figures.segment_value,
    figures.period_grain,
    figures.period_start,
    figures.period_end,
    parameters.rating_scale_id,
    figures.grade,
    grades.grade_rank,
    grades.score_from,
    grades.score_to,
    cast(figures.sample_size as bigint) as sample_size,
    cast(figures.event_count as bigint) as event_count,
    figures.grade_share,
    figures.grade_expected_rate as expected_rate,
    figures.grade_observed_rate as observed_rate,
    figures.observed_ci_low,
    figures.observed_ci_high,
    figures.jeffreys_p,
    figures.jeffreys_overestimation_p,
    figures.binomial_p,
    figures.binomial_z,
    cast(figures.traffic_light as integer) as traffic_light,
    parameters.asset_correlation,
    figures.binomial_correlated_p,
    cast(figures.traffic_light_correlated as integer) as traffic_light_correlated,
    tests.amber_threshold,
    tests.red_threshold,
    {{ dbt_model_risk.rag_status(
        'figures.jeffreys_p', 'tests.amber_threshold', 'tests.red_threshold', 'tests.direction'
    ) }} as rag_status,
    figures.status_reason

from figures

inner join models on figures.model_id = models.model_id
cross join tests
left join parameters
    on figures.model_id = parameters.model_id and figures.model_version = parameters.model_version
left join grades
    on parameters.rating_scale_id = grades.rating_scale_id and figures.grade = grades.grade
{% endmacro %}
