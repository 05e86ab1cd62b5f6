{#- What the registers say about every governed version on the as-of date, as metrics. -#}
{%- set mandatory_fields = {
    'models': [
        'name', 'purpose', 'model_use', 'model_class', 'exposure_amount', 'declared_tier',
        'owner_id', 'developer_id', 'validator_id', 'is_vendor', 'jurisdiction', 'ai_act_class',
        'lifecycle_stage', 'scope_rationale', 'outcome_horizon_days', 'monitoring_grain'
    ],
    'model_versions': [
        'change_type', 'artifact_sha256', 'code_commit', 'training_from', 'training_to'
    ]
} -%}
with

governed as (

    select * from {{ ref('met_governed_versions') }}

),

models as (

    {{ known_rows('models') }}

),

model_versions as (

    {{ known_rows('model_versions') }}

),

tier_rules as (

    {{ rows_in_force('tier_rules') }}

),

intake as (

    select
        model_id,
        model_version,
        event_date,
        cast(sum(n) as bigint) as n

    from {{ ref('evd_log_intake') }}

    where
        reject_reason is null
        and log_kind in ('prediction', 'market_risk')
        and known_date <= {{ as_of_date() }}

    group by all

),

approvals as (

    {{ known_rows('approvals') }} and decision = 'approved'

),

findings as (

    {{ dated_findings() }}

),

-- An approval counts from the later of its effect and its record: a back-dated one cures nothing.
use_days as (

    select
        intake.*,
        not exists (
            select 1 from approvals
            where
                intake.model_id = approvals.model_id
                and intake.model_version = approvals.model_version
                and cast(approvals.effective_at as date) <= intake.event_date
                and cast(approvals.recorded_at as date) <= intake.event_date
                and coalesce(cast(approvals.revoked_at as date) > intake.event_date, true)
        ) as is_unapproved

    from intake

),

uses as (

    select
        model_id,
        model_version,
        cast(sum(n) as bigint) as use_count,
        cast(coalesce(sum(n) filter (where is_unapproved), 0) as bigint) as unapproved_count

    from use_days

    group by all

),

last_validations as (

    {{ last_validations("outcome <> 'rejected'") }}

),

validation_dates as (

    select
        governed.model_id,
        governed.model_version,
        case
            when last_validations.validation_id is null
                then cast(model_versions.deployed_at as date)
            else {{ validation_due_on('last_validations', 'tier_rules') }}
        end as due_on

    from governed

    inner join model_versions
        on
            governed.model_id = model_versions.model_id
            and governed.model_version = model_versions.model_version
    inner join tier_rules on governed.model_tier = tier_rules.model_tier
    left join last_validations
        on
            governed.model_id = last_validations.model_id
            and governed.model_version = last_validations.model_version

),

judgements as (

    select
        model_id,
        model_version,
        count(*) as judgement_count,
        count(violation) as judgement_violation_count

    from {{ ref('met_independence') }}

    group by all

),

waivers as (

    select
        model_id,
        model_version,
        count(*) as live_waiver_count,
        count(violation) as waiver_violation_count

    from {{ ref('met_waivers') }}

    where is_live

    group by all

),

overrides as (

    select
        model_id,
        count(sandbox_override_id) + count(model_override_id) as override_count,
        count(sandbox_refusal) + count(model_refusal) as refused_count

    from {{ ref('met_overrides') }}

    group by all

),

finding_counts as (

    select
        governed.model_id,
        governed.model_version,
        count(*) as open_finding_count,
        count(*) filter (
            where findings.effective_due_on < {{ as_of_date() }}
        ) as overdue_finding_count

    from governed

    inner join findings
        on
            governed.model_id = findings.model_id
            and governed.model_version
            = coalesce(findings.model_version, governed.model_version)

    where findings.closed_on is null or findings.closed_on > {{ as_of_date() }}

    group by all

),

field_counts as (

    select
        models.model_id,
        model_versions.model_version,
        {%- for register, fields in mandatory_fields.items() %}
        {%- set last = loop.last %}
        {%- for field in fields %}
        if({{ register }}.{{ field }} is null, 1, 0)
        {{- ' +' if not (last and loop.last) }}
        {%- endfor %}
        {%- endfor %} as missing_field_count

    from models

    inner join model_versions on models.model_id = model_versions.model_id

),

cards as (

    select
        governed.model_id,
        governed.model_version,
        'all' as segment_key,
        'all' as segment_value,
        'as_of' as period_grain,
        {{ as_of_date() }} as period_start,
        {{ as_of_date() }} as period_end,
        governed.is_registered,
        governed.stray_count,
        uses.use_count,
        uses.unapproved_count,
        validation_dates.due_on,
        coalesce(judgements.judgement_count, 0) as judgement_count,
        coalesce(judgements.judgement_violation_count, 0) as judgement_violation_count,
        coalesce(waivers.live_waiver_count, 0) as live_waiver_count,
        coalesce(waivers.waiver_violation_count, 0) as waiver_violation_count,
        coalesce(overrides.override_count, 0) as override_count,
        coalesce(overrides.refused_count, 0) as refused_count,
        coalesce(finding_counts.open_finding_count, 0) as open_finding_count,
        coalesce(finding_counts.overdue_finding_count, 0) as overdue_finding_count,
        field_counts.missing_field_count,
        cast(null as bigint) as event_count

    from governed

    left join uses using (model_id, model_version)
    left join validation_dates using (model_id, model_version)
    left join judgements using (model_id, model_version)
    left join waivers using (model_id, model_version)
    left join overrides using (model_id)
    left join finding_counts using (model_id, model_version)
    left join field_counts using (model_id, model_version)

),

measures as (

    select
        *,
        unnest(list_concat(
            [
                {{ metric_value('unregistered_predictions', 'stray_count', 'count',
                    sample_size='stray_count + coalesce(use_count, 0)') }}
            ],
            if(is_registered, [
                {{ metric_value('unapproved_predictions', 'unapproved_count', 'count',
                    "if(use_count is null, 'no_data', null)",
                    sample_size='coalesce(use_count, 0)') }},
                {{ metric_value('validation_overdue_days', as_of_date() ~ ' - due_on',
                    'calendar_days', "if(due_on is null, 'no_data', null)", sample_size='1') }},
                {{ metric_value('independence_violations', 'judgement_violation_count', 'count',
                    "if(judgement_count = 0, 'no_data', null)",
                    sample_size='judgement_count') }},
                {{ metric_value('waiver_violations', 'waiver_violation_count', 'count',
                    sample_size='live_waiver_count') }},
                {{ metric_value('refused_overrides', 'refused_count', 'count',
                    sample_size='override_count') }},
                {{ metric_value('overdue_findings', 'overdue_finding_count', 'count',
                    sample_size='open_finding_count') }},
                {{ metric_value('missing_fields', 'missing_field_count', 'count',
                    sample_size=(mandatory_fields.values() | map('length') | sum) | string) }}
            ], [])
        )) as measure

    from cards

)

{{ metric_rows('measures') }}

union all

select * from {{ ref('met_validation_controls') }}
