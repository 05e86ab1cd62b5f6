{#- Every KRI of a sandbox through time, each period beside the limit it is held to today. -#}
{% macro sandbox_kri_scorecard(sandbox_id) -%}
    {{ return(adapter.dispatch('sandbox_kri_scorecard', 'dbt_model_risk')(sandbox_id)) }}
{%- endmacro %}

{% macro default__sandbox_kri_scorecard(sandbox_id) %}
with

kri_values as (

    select * from {{ ref('kri_values') }} where sandbox_id = '{{ sandbox_id }}'

),

kri_definitions as (

    select * from {{ ref('kri_definitions') }}

),

thresholds as (

    select * from {{ ref('pol_thresholds') }} where sandbox_id = '{{ sandbox_id }}'

),

models as (

    {{ dbt_model_risk.known_rows('models') }}

),

-- Where two policies limit the same KRI, the scorecard shows the tighter one.
tightest_thresholds as (

    select *
    from thresholds
    qualify row_number() over (
        partition by model_id, kri_id
        order by
            case direction when 'higher_is_worse' then red_threshold else -red_threshold end
                nulls last,
            policy_id
    ) = 1

),

judged as (

    select
        kri_values.*,
        models.name as model_name,
        coalesce(models.declared_tier, 1) as model_tier,
        kri_definitions.name as kri_name,
        kri_definitions.direction,
        thresholds.policy_id,
        thresholds.amber_threshold,
        thresholds.red_threshold,
        {{ dbt_model_risk.rag_status(
            'kri_values.kri_value', 'thresholds.amber_threshold', 'thresholds.red_threshold',
            'kri_definitions.direction'
        ) }} as rag_status

    from kri_values

    inner join kri_definitions on kri_values.kri_id = kri_definitions.kri_id
    left join models on kri_values.model_id = models.model_id
    left join tightest_thresholds as thresholds
        on kri_values.model_id = thresholds.model_id and kri_values.kri_id = thresholds.kri_id

),

followed as (

    select
        *,
        lag(kri_value ignore nulls) over series as previous_value,
        rag_status <> coalesce(lag(rag_status) over series, '') as is_new_status,
        period_end = max(period_end) over (
            partition by
                model_id, model_version, segment_key, segment_value, kri_id, period_grain
        ) as is_latest

    from judged

    window series as (
        partition by model_id, model_version, segment_key, segment_value, kri_id, period_grain
        order by period_end
    )

),

dated as (

    select
        *,
        kri_value - previous_value as change,
        max(case when is_new_status then period_end end) over (
            partition by model_id, model_version, segment_key, segment_value, kri_id, period_grain
            order by period_end
        ) as status_since

    from followed

)

select
    kri_value_key,
    as_of_date,
    sandbox_id,
    model_id,
    model_name,
    model_version,
    {{ dbt_model_risk.model_version_key() }} as model_version_key,
    model_tier,
    segment_key,
    segment_value,
    kri_id,
    kri_name,
    period_grain,
    period_start,
    period_end,
    is_judged_grain,
    kri_value,
    unit,
    sample_size,
    event_count,
    ci_low,
    ci_high,
    error_bound,
    direction,
    amber_threshold,
    red_threshold,
    rag_status,
    case
        when rag_status = 'grey' and kri_value is not null then 'no_threshold'
        else status_reason
    end as status_reason,
    {{ dbt_model_risk.status_rank('rag_status') }} as status_rank,
    previous_value,
    change,
    {{ dbt_model_risk.trend('change', 'direction', 'error_bound') }} as trend,
    date_diff('day', status_since, case when is_latest then as_of_date else period_end end)
        as days_in_status,
    100 * {{ dbt_model_risk.utilisation('kri_value', 'red_threshold', 'direction') }}
        as utilisation_pct,
    policy_id,
    convention_id,
    evidence_ref,
    is_latest

from dated
{% endmacro %}
