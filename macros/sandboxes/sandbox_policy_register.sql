{#- The verdicts one sandbox answers for. Its gates sit here, on a leaf: a failed gate must stop no
    report. -#}
{% macro sandbox_policy_register(sandbox_id) -%}
    {{ return(adapter.dispatch('sandbox_policy_register', 'dbt_model_risk')(sandbox_id)) }}
{%- endmacro %}

{% macro default__sandbox_policy_register(sandbox_id) %}
select
    evaluation_key,
    as_of_date,
    sandbox_id,
    policy_id,
    kri_id,
    model_id,
    model_version,
    {{ dbt_model_risk.model_version_key() }} as model_version_key,
    model_tier,
    segment_key,
    segment_value,
    period_start,
    period_end,
    rag_status,
    status_reason,
    {{ dbt_model_risk.status_rank('rag_status') }} as status_rank,
    kri_value,
    unit,
    sample_size,
    direction,
    amber_threshold,
    red_threshold,
    utilisation,
    severity,
    waiver_id,
    waiver_expires_on,
    enforcement,
    explanation,
    evidence_ref

from {{ ref('pol_evaluations') }}

where sandbox_id = '{{ sandbox_id }}'
{% endmacro %}
