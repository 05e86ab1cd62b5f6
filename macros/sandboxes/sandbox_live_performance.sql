{#- Performance of the models that a sandbox monitors live: as its outcomes show it, and as it was estimated before
    them. Both stand in one series per metric, beside what the baseline had and how much its chunks varied. -#}
{% macro sandbox_live_performance(sandbox_id) -%}
    {{ return(adapter.dispatch('sandbox_live_performance', 'dbt_model_risk')(sandbox_id)) }}
{%- endmacro %}

{% macro default__sandbox_live_performance(sandbox_id) %}
with

models as (

    {{ dbt_model_risk.known_rows('models') }} and sandbox_id = '{{ sandbox_id }}'

),

live_versions as (

    select distinct
        model_id,
        model_version
    from {{ ref('met_live_windows') }}

),

estimates as (

    select
        *,
        cast(period_start as date) as first_day,
        cast(period_end as date) as last_day,
        regexp_replace(metric, '^estimated_', '') as metric_name

    from {{ ref('met_live_estimates') }}

),

performance as (

    select * from {{ ref('met_performance') }} where segment_key = 'all'

),

restatements as (

    select * from {{ ref('met_restatements') }}

),

-- The baseline and the band of a month hold for its realised figures too.
bands as (

    select
        model_id,
        model_version,
        period_grain,
        metric_name,
        max(reference_value) as reference_value,
        max(band_low) as band_low,
        max(band_high) as band_high

    from estimates

    group by all

),

coverages as (

    select * from performance where metric = 'outcome_coverage'

),

figures as (

    select
        'estimated' as basis,
        'metrics.met_live_estimates' as evidence_table,
        model_id,
        model_version,
        period_grain,
        first_day as period_start,
        last_day as period_end,
        metric_name as metric,
        metric as evidence_metric,
        value,
        ci_low,
        ci_high,
        reference_value,
        band_low,
        band_high,
        sample_size,
        event_count,
        status_reason,
        convention_id

    from estimates

    union all

    select
        'realised' as basis,
        'metrics.met_performance' as evidence_table,
        performance.model_id,
        performance.model_version,
        performance.period_grain,
        performance.period_start,
        performance.period_end,
        performance.metric,
        performance.metric as evidence_metric,
        performance.value,
        performance.ci_low,
        performance.ci_high,
        bands.reference_value,
        bands.band_low,
        bands.band_high,
        performance.sample_size,
        performance.event_count,
        performance.status_reason,
        performance.convention_id

    from performance
    inner join live_versions using (model_id, model_version)
    left join bands
        on
            performance.model_id = bands.model_id
            and performance.model_version = bands.model_version
            and performance.period_grain = bands.period_grain
            and bands.metric_name = case performance.metric
                when 'observed_rate' then 'event_rate'
                else performance.metric
            end

    -- what no cohort of the version has, its kind of model does not have
    qualify count(performance.value) over (
        partition by performance.model_id, performance.model_version, performance.metric
    ) > 0

),

compared as (

    select
        figures.*,
        other_figures.value as other_value,
        case
            when figures.value is null then 'grey'
            when figures.band_low is null then 'grey'
            when figures.value between figures.band_low and figures.band_high then 'green'
            else 'amber'
        end as status,
        least(figures.period_end, {{ dbt_model_risk.as_of_date() }}) as seen_on

    from figures
    left join figures as other_figures
        on
            figures.model_id = other_figures.model_id
            and figures.model_version = other_figures.model_version
            and figures.period_grain = other_figures.period_grain
            and figures.period_start = other_figures.period_start
            and figures.basis <> other_figures.basis
            and case figures.metric when 'observed_rate' then 'event_rate' else figures.metric end
            = case other_figures.metric
                when 'observed_rate' then 'event_rate'
                else other_figures.metric
            end

),

followed as (

    select
        *,
        period_start = max(period_start) over (
            partition by model_id, model_version, basis, period_grain, metric
        ) as is_latest,
        status <> coalesce(lag(status) over series, '') as is_new_status

    from compared

    window series as (
        partition by model_id, model_version, basis, period_grain, metric order by period_start
    )

),

dated as (

    select
        *,
        max(case when is_new_status then seen_on end) over (
            partition by model_id, model_version, basis, period_grain, metric order by period_start
        ) as status_since

    from followed

)

select
    concat_ws(
        '|', dated.model_id, dated.model_version, dated.basis, dated.metric, dated.period_grain, dated.period_start
    ) as live_performance_key,
    {{ dbt_model_risk.as_of_date() }} as as_of_date,
    models.sandbox_id,
    dated.model_id,
    models.name as model_name,
    dated.model_version,
    {{ dbt_model_risk.model_version_key('dated.model_id', 'dated.model_version') }} as model_version_key,
    models.declared_tier as model_tier,
    dated.basis,
    dated.metric,
    dated.period_grain,
    dated.period_start,
    dated.period_end,
    dated.is_latest,
    'all' as segment_key,
    'all' as segment_value,
    dated.value,
    dated.ci_low,
    dated.ci_high,
    dated.reference_value as baseline_value,
    dated.band_low,
    dated.band_high,
    dated.other_value,
    case dated.basis
        when 'estimated' then dated.value - dated.other_value
        else dated.other_value - dated.value
    end as estimate_error,
    coverages.value as outcome_coverage,
    case when dated.period_grain <> 'all' then dated.period_end + cast(models.outcome_horizon_days as integer) end
        as outcome_due_on,
    coalesce(outcome_due_on <= {{ dbt_model_risk.as_of_date() }}, false) as is_matured,
    restatements.value_first,
    restatements.value_now,
    dated.status as rag_status,
    {{ dbt_model_risk.status_rank('dated.status') }} as status_rank,
    case
        when dated.status = 'grey' and dated.value is not null then 'no_band'
        else dated.status_reason
    end as status_reason,
    dated.status_since as since,
    dated.sample_size,
    dated.event_count,
    dated.convention_id,
    concat_ws(
        '|', dated.evidence_table, dated.evidence_metric,
        dated.period_grain || ' ' || dated.period_start || ' to ' || dated.period_end
    ) as evidence_ref

from dated

inner join models on dated.model_id = models.model_id
left join coverages
    on
        dated.model_id = coverages.model_id
        and dated.model_version = coverages.model_version
        and dated.period_grain = coverages.period_grain
        and dated.period_start = coverages.period_start
left join restatements
    on
        dated.basis = 'realised'
        and dated.model_id = restatements.model_id
        and dated.model_version = restatements.model_version
        and dated.period_grain = restatements.period_grain
        and dated.period_start = restatements.period_start
        and dated.metric = restatements.metric
{% endmacro %}
