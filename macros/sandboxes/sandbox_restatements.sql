{#- What a sandbox knew of every cohort on the day it matured beside what it knows now, and what the first look at its
    outcomes would have said. -#}
{% macro sandbox_restatements(sandbox_id) -%}
    {{ return(adapter.dispatch('sandbox_restatements', 'dbt_model_risk')(sandbox_id)) }}
{%- endmacro %}

{% macro default__sandbox_restatements(sandbox_id) %}
with

restatements as (

    select
        *,
        max(value_now) filter (where metric = 'outcome_coverage') over (
            partition by model_id, model_version, period_grain, period_start
        ) as outcome_coverage

    from {{ ref('met_restatements') }}

),

models as (

    {{ dbt_model_risk.known_rows('models') }} and sandbox_id = '{{ sandbox_id }}'

)

select
    concat_ws(
        '|', restatements.model_id, restatements.model_version, restatements.period_grain, restatements.period_start,
        restatements.metric
    ) as restatement_key,
    restatements.known_date as as_of_date,
    models.sandbox_id,
    restatements.model_id,
    models.name as model_name,
    restatements.model_version,
    {{ dbt_model_risk.model_version_key('restatements.model_id', 'restatements.model_version') }}
        as model_version_key,
    models.declared_tier as model_tier,
    restatements.period_grain,
    restatements.period_start,
    restatements.period_end,
    restatements.metric,
    restatements.due_on,
    restatements.is_matured,
    restatements.outcome_coverage,
    restatements.first_known_on,
    restatements.value_first,
    restatements.sample_first,
    restatements.events_first,
    restatements.value_now,
    restatements.sample_now,
    restatements.events_now,
    restatements.value_change as change,
    restatements.error_bound,
    coalesce(restatements.reason_now, restatements.reason_first) as status_reason,
    restatements.naive_value,
    restatements.naive_sample,
    restatements.naive_events,
    restatements.naive_reason,
    restatements.convention_id

from restatements

inner join models on restatements.model_id = models.model_id
{% endmacro %}
