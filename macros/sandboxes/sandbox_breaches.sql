{#- The life of every breach of a sandbox: an unbroken run of red periods of one policy's KRI on one
    model version. A grey period neither ends a breach nor starts one. -#}
{% macro sandbox_breaches(sandbox_id, head_of_mrm_from_days=30, committee_from_days=90) -%}
    {{ return(adapter.dispatch('sandbox_breaches', 'dbt_model_risk')(
        sandbox_id, head_of_mrm_from_days, committee_from_days
    )) }}
{%- endmacro %}

{% macro default__sandbox_breaches(sandbox_id, head_of_mrm_from_days, committee_from_days) %}
with

kri_values as (

    select * from {{ ref('kri_values') }} where sandbox_id = '{{ sandbox_id }}'

),

thresholds as (

    select * from {{ ref('pol_thresholds') }} where sandbox_id = '{{ sandbox_id }}'

),

evaluations as (

    select * from {{ ref('pol_evaluations') }} where sandbox_id = '{{ sandbox_id }}'

),

models as (

    {{ dbt_model_risk.known_rows('models') }}

),

model_versions as (

    {{ dbt_model_risk.known_rows('model_versions') }}

),

episodes as (

    {{ dbt_model_risk.red_runs() }}

),

-- A version taken out of use can no longer recover: its retirement ends the breach.
closed as (

    select
        episodes.*,
        models.owner_id,
        case
            when recovered_on is not null then 'recovered'
            when cast(model_versions.retired_at as date) <= episodes.as_of_date then 'retired'
        end as closure_reason,
        case closure_reason
            when 'recovered' then recovered_on
            when 'retired' then greatest(cast(model_versions.retired_at as date), last_red_on)
        end as closed_on

    from episodes

    left join models on episodes.model_id = models.model_id
    left join model_versions
        on
            episodes.model_id = model_versions.model_id
            and episodes.model_version = model_versions.model_version

),

aged as (

    select
        *,
        closed_on is null as is_open,
        date_diff('day', opened_on, coalesce(closed_on, as_of_date)) as age_days

    from closed

)

select
    concat_ws(
        '|', aged.policy_id, aged.model_id, aged.model_version, aged.segment_key,
        aged.segment_value, aged.opened_on
    ) as breach_key,
    aged.as_of_date,
    aged.sandbox_id,
    aged.policy_id,
    aged.kri_id,
    aged.model_id,
    aged.model_version,
    {{ dbt_model_risk.model_version_key('aged.model_id', 'aged.model_version') }}
        as model_version_key,
    aged.segment_key,
    aged.segment_value,
    aged.owner_id,
    aged.is_open,
    aged.opened_on,
    aged.last_red_on,
    aged.closed_on,
    aged.closure_reason,
    aged.age_days,
    {{ dbt_model_risk.escalation_level(
        'aged.age_days', head_of_mrm_from_days, committee_from_days
    ) }} as escalation_level,
    aged.period_count,
    aged.unit,
    case aged.direction
        when 'higher_is_worse' then aged.highest_value
        else aged.lowest_value
    end as peak_value,
    aged.latest_value,
    aged.red_threshold,
    waivers.waiver_id,
    waivers.waiver_expires_on

from aged

left join evaluations as waivers
    on
        aged.is_open
        and aged.policy_id = waivers.policy_id
        and aged.model_id = waivers.model_id
        and aged.model_version = waivers.model_version
        and aged.segment_key = waivers.segment_key
        and aged.segment_value = waivers.segment_value
{% endmacro %}
