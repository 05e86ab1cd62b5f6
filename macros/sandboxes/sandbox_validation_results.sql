{#- Every test of a validation, for every version, cohort and segment of a sandbox: figure, certainty, limit, verdict.
    A figure that is held to nothing has no verdict; one that is and cannot be computed is grey. -#}
{% macro sandbox_validation_results(sandbox_id) -%}
    {{ return(adapter.dispatch('sandbox_validation_results', 'dbt_model_risk')(sandbox_id)) }}
{%- endmacro %}

{% macro default__sandbox_validation_results(sandbox_id) %}
with

models as (

    {{ dbt_model_risk.models_with('validation') }} and sandbox_id = '{{ sandbox_id }}'

),

tests as (

    {{ dbt_model_risk.rows_in_force('validation_tests') }}

),

thresholds as (

    select * from {{ ref('pol_thresholds') }} where sandbox_id = '{{ sandbox_id }}'

),

periods as (

    select * from {{ ref('met_periods') }}

),

metrics as (

    {%- for family in ['validation', 'performance', 'drift', 'quality'] %}
    {{ 'union all' if not loop.first }}
    select
        '{{ family }}' as source_table,
        {{ 'metric_table' if family == 'validation' else "'met_" ~ family ~ "'" }} as metric_table,
        {{ dbt_model_risk.metric_columns() }}

    from {{ ref('met_' ~ family) }}

    where model_id in (select models.model_id from models)
    {%- endfor %}

),

coverage as (

    select * from metrics
    where source_table = 'performance' and metric = 'outcome_coverage'

),

chance as (

    select * from metrics
    where source_table = 'drift' and metric = 'psi_critical_value'

),

measured as (

    select
        tests.test_id,
        tests.section,
        tests.name as test_name,
        tests.judged,
        tests.direction,
        tests.unit,
        tests.standard,
        tests.threshold_basis,
        tests.policy_id,
        tests.amber_threshold as own_amber_threshold,
        tests.red_threshold as own_red_threshold,
        metrics.*,
        case tests.judged when 'p_value' then metrics.p_value when 'value' then metrics.value end
            as judged_value

    from metrics

    inner join tests
        on
            metrics.source_table = tests.source_table
            and metrics.metric = tests.metric
            and case tests.variable_scope
                when 'any' then true
                when 'none' then metrics.variable is null
                when 'score' then metrics.variable = 'score'
                else metrics.variable not in ('score', 'decision', 'predicted_class')
            end

),

limited as (

    select
        measured.*,
        models.sandbox_id,
        models.name as model_name,
        coalesce(thresholds.amber_threshold, measured.own_amber_threshold) as amber_threshold,
        coalesce(thresholds.red_threshold, measured.own_red_threshold) as red_threshold,
        thresholds.threshold_source,
        periods.is_judged_grain,
        measured.period_end + periods.outcome_horizon_days as outcome_due_on,
        coverage.value as outcome_coverage,
        case when measured.metric = 'psi' then chance.value end as chance_value

    from measured

    left join periods using (model_id, model_version, period_grain, period_start, period_end)
    left join coverage
        using (
            model_id, model_version, segment_key, segment_value, period_grain, period_start, period_end
        )
    left join chance
        on
            measured.model_id = chance.model_id
            and measured.model_version = chance.model_version
            and measured.segment_key = chance.segment_key
            and measured.segment_value = chance.segment_value
            and measured.period_grain = chance.period_grain
            and measured.period_start = chance.period_start
            and measured.variable = chance.variable
    inner join models on measured.model_id = models.model_id
    left join thresholds
        on measured.policy_id = thresholds.policy_id and measured.model_id = thresholds.model_id

),

judged_rows as (

    select
        *,
        case
            when judged <> 'none' then {{ dbt_model_risk.rag_status(
                'judged_value', 'amber_threshold', 'red_threshold', 'direction'
            ) }}
        end as rag_status

    from limited

)

select
    concat_ws(
        '|', test_id, model_id, model_version, coalesce(variable, '-'), segment_key, segment_value,
        period_grain, period_start
    ) as validation_result_key,
    {{ dbt_model_risk.as_of_date() }} as as_of_date,
    sandbox_id,
    model_id,
    model_name,
    model_version,
    {{ dbt_model_risk.model_version_key() }} as model_version_key,
    section,
    test_id,
    test_name,
    variable,
    segment_key,
    segment_value,
    period_grain,
    period_start,
    period_end,
    coalesce(is_judged_grain, false) as is_judged_grain,
    outcome_due_on,
    outcome_due_on <= {{ dbt_model_risk.as_of_date() }} as is_matured,
    outcome_coverage,
    value,
    unit,
    ci_low,
    ci_high,
    p_value,
    error_bound,
    cast(sample_size as bigint) as sample_size,
    cast(event_count as bigint) as event_count,
    chance_value,
    judged,
    direction,
    amber_threshold,
    red_threshold,
    coalesce(threshold_source, case when red_threshold is not null then 'catalogue' end)
        as threshold_source,
    threshold_basis,
    policy_id,
    rag_status,
    {{ dbt_model_risk.status_rank('rag_status') }} as status_rank,
    case
        when rag_status = 'grey' and judged_value is not null then 'no_threshold'
        when rag_status = 'grey' then coalesce(status_reason, 'not_testable')
        else status_reason
    end as status_reason,
    standard,
    convention_id,
    concat_ws(
        '|', 'metrics.' || metric_table, metric, coalesce(variable, '-'),
        period_grain || ' ' || period_start || ' to ' || period_end
    ) as evidence_ref

from judged_rows
{% endmacro %}
