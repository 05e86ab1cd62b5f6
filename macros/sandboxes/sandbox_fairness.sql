{#- The fairness screen of a sandbox: every group beside the group that is favoured most. -#}
{% macro sandbox_fairness(sandbox_id) -%}
    {{ return(adapter.dispatch('sandbox_fairness', 'dbt_model_risk')(sandbox_id)) }}
{%- endmacro %}

{% macro default__sandbox_fairness(sandbox_id) %}
with

models as (

    {{ dbt_model_risk.models_with('fairness') }} and sandbox_id = '{{ sandbox_id }}'

),

tests as (

    {{ dbt_model_risk.rows_in_force('validation_tests') }} and test_id = 'adverse_impact_ratio'

),

group_rows as (

    select * from {{ ref('met_fairness') }}
    where segment_key <> 'all'

),

-- Errors and scores are of the model; selection is of the model's decision and of the final one.
selections as (

    select
        model_id,
        model_version,
        segment_key,
        segment_value,
        period_grain,
        period_start,
        period_end,
        variable,
        max(value) filter (where metric = 'selection_rate') as selection_rate,
        max(ci_low) filter (where metric = 'selection_rate') as selection_ci_low,
        max(ci_high) filter (where metric = 'selection_rate') as selection_ci_high,
        max(sample_size) filter (where metric = 'selection_rate') as sample_size,
        max(value) filter (where metric = 'adverse_impact_ratio') as adverse_impact_ratio,
        max(ci_low) filter (where metric = 'adverse_impact_ratio') as impact_ci_low,
        max(ci_high) filter (where metric = 'adverse_impact_ratio') as impact_ci_high,
        max(p_value) filter (where metric = 'adverse_impact_ratio') as fisher_p,
        max(status_reason) filter (where metric = 'adverse_impact_ratio') as status_reason,
        max(convention_id) filter (where metric = 'adverse_impact_ratio') as convention_id

    from group_rows

    where variable is not null

    group by all

),

errors as (

    select
        model_id,
        model_version,
        segment_key,
        segment_value,
        period_grain,
        period_start,
        max(value) filter (where metric = 'true_positive_rate') as true_positive_rate,
        max(value) filter (where metric = 'false_positive_rate') as false_positive_rate,
        max(value) filter (where metric = 'standardised_mean_difference') as standardised_mean_difference,
        max(sample_size) filter (where metric = 'true_positive_rate') as positive_count,
        max(sample_size) filter (where metric = 'false_positive_rate') as negative_count

    from group_rows

    group by all

)

select
    concat_ws(
        '|', selections.model_id, selections.model_version, selections.segment_key, selections.segment_value,
        selections.period_grain, cast(selections.period_start as date), selections.variable
    ) as fairness_key,
    {{ dbt_model_risk.as_of_date() }} as as_of_date,
    models.sandbox_id,
    selections.model_id,
    models.name as model_name,
    selections.model_version,
    {{ dbt_model_risk.model_version_key('selections.model_id', 'selections.model_version') }}
        as model_version_key,
    models.jurisdiction,
    selections.segment_key as group_key,
    selections.segment_value as group_value,
    selections.variable as decision_kind,
    selections.period_grain,
    cast(selections.period_start as date) as period_start,
    cast(selections.period_end as date) as period_end,
    cast(selections.sample_size as bigint) as sample_size,
    selections.selection_rate,
    selections.selection_ci_low,
    selections.selection_ci_high,
    selections.adverse_impact_ratio,
    selections.impact_ci_low,
    selections.impact_ci_high,
    selections.fisher_p,
    errors.true_positive_rate,
    errors.false_positive_rate,
    cast(errors.positive_count as bigint) as positive_count,
    cast(errors.negative_count as bigint) as negative_count,
    errors.standardised_mean_difference,
    tests.amber_threshold,
    tests.red_threshold,
    {{ dbt_model_risk.rag_status(
        'selections.adverse_impact_ratio', 'tests.amber_threshold', 'tests.red_threshold',
        'tests.direction'
    ) }} as rag_status,
    selections.status_reason,
    selections.convention_id

from selections

left join errors
    using (model_id, model_version, segment_key, segment_value, period_grain, period_start)
inner join models on selections.model_id = models.model_id
cross join tests
{% endmacro %}
