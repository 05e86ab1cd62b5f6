{#- The identity card of every model version of a sandbox: who answers for it, what is proven about
    it, how it stands today. -#}
{% macro sandbox_model_detail(sandbox_id) -%}
    {{ return(adapter.dispatch('sandbox_model_detail', 'dbt_model_risk')(sandbox_id)) }}
{%- endmacro %}

{% macro default__sandbox_model_detail(sandbox_id) %}
with

model_versions as (

    {{ dbt_model_risk.known_rows('model_versions') }}

),

models as (

    {{ dbt_model_risk.known_rows('models') }} and sandbox_id = '{{ sandbox_id }}'

),

people as (

    {{ dbt_model_risk.known_rows('people') }}

),

open_findings as (

    {{ dbt_model_risk.known_rows('findings') }}
        and raised_on <= {{ dbt_model_risk.as_of_date() }}
        and (closed_on is null or closed_on > {{ dbt_model_risk.as_of_date() }})

),

live_waivers as (

    {{ dbt_model_risk.known_rows('waivers') }}
        and {{ dbt_model_risk.as_of_date() }} between starts_on and expires_on

),

evaluations as (

    {{ dbt_model_risk.declared_verdicts() }} and sandbox_id = '{{ sandbox_id }}'

),

log_intake as (

    select * from {{ ref('evd_log_intake') }}
    where
        log_kind in ('prediction', 'market_risk')
        and reject_reason is null
        and known_date <= {{ dbt_model_risk.as_of_date() }}

),

last_validations as (

    {{ dbt_model_risk.last_validations() }}

),

finding_counts as (

    select
        model_versions.model_id,
        model_versions.model_version,
        count(*) as open_finding_count

    from model_versions

    inner join open_findings
        on
            model_versions.model_id = open_findings.model_id
            and model_versions.model_version
            = coalesce(open_findings.model_version, model_versions.model_version)

    group by all

),

waiver_counts as (

    select
        model_versions.model_id,
        model_versions.model_version,
        count(*) as live_waiver_count

    from model_versions

    inner join models on model_versions.model_id = models.model_id
    inner join live_waivers
        on
            models.sandbox_id = live_waivers.sandbox_id
            and models.model_id = coalesce(live_waivers.model_id, models.model_id)
            and model_versions.model_version
            = coalesce(live_waivers.model_version, model_versions.model_version)

    group by all

),

verdict_counts as (

    select
        model_id,
        model_version,
        {{ dbt_model_risk.status_counts() }},
        max({{ dbt_model_risk.status_rank('rag_status') }}) as worst_status_rank

    from evaluations

    group by all

),

usage as (

    select
        model_id,
        model_version,
        min(event_date) as first_prediction_date,
        max(event_date) as last_prediction_date,
        cast(sum(n) as bigint) as prediction_count

    from log_intake

    group by all

)

select
    {{ dbt_model_risk.as_of_date() }} as as_of_date,
    models.sandbox_id,
    models.model_id,
    model_versions.model_version,
    {{ dbt_model_risk.model_version_key('models.model_id', 'model_versions.model_version') }}
        as model_version_key,
    models.name as model_name,
    models.purpose,
    models.declared_tier as model_tier,
    models.owner_id,
    owners.name as owner_name,
    models.developer_id,
    developers.name as developer_name,
    models.validator_id,
    validators.name as validator_name,
    models.lifecycle_stage,
    model_versions.is_champion,
    model_versions.deployed_at,
    model_versions.retired_at,
    last_validations.validation_type as last_validation_type,
    last_validations.finished_on as last_validated_on,
    last_validations.outcome as last_validation_outcome,
    last_validations.next_due_on as next_validation_due_on,
    coalesce(finding_counts.open_finding_count, 0) as open_finding_count,
    coalesce(waiver_counts.live_waiver_count, 0) as live_waiver_count,
    coalesce(verdict_counts.n_total, 0) as n_total,
    coalesce(verdict_counts.n_green, 0) as n_green,
    coalesce(verdict_counts.n_amber, 0) as n_amber,
    coalesce(verdict_counts.n_red, 0) as n_red,
    coalesce(verdict_counts.n_grey, 0) as n_grey,
    {{ dbt_model_risk.status_of_rank('verdict_counts.worst_status_rank') }} as worst_status,
    usage.first_prediction_date,
    usage.last_prediction_date,
    coalesce(usage.prediction_count, 0) as prediction_count

from models

inner join model_versions on models.model_id = model_versions.model_id
left join people as owners on models.owner_id = owners.person_id
left join people as developers on models.developer_id = developers.person_id
left join people as validators on models.validator_id = validators.person_id
left join last_validations
    on
        model_versions.model_id = last_validations.model_id
        and model_versions.model_version = last_validations.model_version
left join finding_counts
    on
        model_versions.model_id = finding_counts.model_id
        and model_versions.model_version = finding_counts.model_version
left join waiver_counts
    on
        model_versions.model_id = waiver_counts.model_id
        and model_versions.model_version = waiver_counts.model_version
left join verdict_counts
    on
        model_versions.model_id = verdict_counts.model_id
        and model_versions.model_version = verdict_counts.model_version
left join usage
    on
        model_versions.model_id = usage.model_id
        and model_versions.model_version = usage.model_version
{% endmacro %}
