{#- What the registers say about validations and what follows from them, as metrics of every
    registered version in use. -#}
with

governed as (

    select * from {{ ref('met_governed_versions') }}
    where is_registered

),

models as (

    {{ known_rows('models') }}

),

findings as (

    {{ dated_findings() }}

),

approvals as (

    {{ known_rows('approvals') }} and decision = 'approved'

),

approval_conditions as (

    {{ known_rows('approval_conditions') }}

),

last_validations as (

    {{ last_validations() }}

),

components as (

    {{ recorded_components() }}

),

intake as (

    select * from {{ ref('evd_log_intake') }}
    where
        reject_reason is null
        and log_kind in ('prediction', 'market_risk')
        and known_date <= {{ as_of_date() }}

),

scopes as (

    select
        last_validations.model_id,
        last_validations.model_version,
        {{ component_names() | length }}
        - coalesce(len(components.components), 0) as missing_component_count

    from last_validations

    left join components using (validation_id)

),

trigger_counts as (

    select
        model_id,
        model_version,
        count(*) as trigger_count,
        count(*) filter (
            where answered_by is null and respond_by < {{ as_of_date() }}
        ) as unanswered_count

    from {{ ref('met_validation_triggers') }}

    group by all

),

-- A rejection binds from the day after it was both decided and on record.
uses as (

    select
        intake.model_id,
        intake.model_version,
        cast(sum(intake.n) as bigint) as use_count,
        cast(coalesce(sum(intake.n) filter (
            where
            last_validations.outcome = 'rejected'
            and intake.event_date > greatest(
                last_validations.finished_on, cast(last_validations.recorded_at as date)
            )
        ), 0) as bigint) as rejected_count

    from intake

    left join last_validations
        on
            intake.model_id = last_validations.model_id
            and intake.model_version = last_validations.model_version

    group by all

),

finding_counts as (

    select
        governed.model_id,
        governed.model_version,
        count(*) as finding_count,
        count(*) filter (
            where
            findings.owner_id is null
            or findings.due_on is null
            or coalesce(findings.severity not in ('critical', 'high', 'medium', 'low'), true)
        ) as incomplete_count,
        count(*) filter (where findings.closed_on <= {{ as_of_date() }}) as closed_count,
        count(*) filter (
            where
            findings.closed_on <= {{ as_of_date() }}
            and (
                findings.evidence_document is null
                or findings.closed_by is null
                or coalesce(findings.closed_by in (
                    findings.owner_id, models.owner_id, models.developer_id
                ), false)
            )
        ) as unproven_count

    from governed

    inner join models on governed.model_id = models.model_id
    inner join findings
        on
            governed.model_id = findings.model_id
            and governed.model_version
            = coalesce(findings.model_version, governed.model_version)

    group by all

),

condition_counts as (

    select
        approvals.model_id,
        approvals.model_version,
        count(*) as condition_count,
        count(*) filter (
            where
            approval_conditions.due_on < {{ as_of_date() }}
            and not {{ is_condition_met() }}
        ) as overdue_condition_count

    from approvals

    inner join approval_conditions on approvals.approval_id = approval_conditions.approval_id

    where
        cast(approvals.effective_at as date) <= {{ as_of_date() }}
        and coalesce(cast(approvals.revoked_at as date) > {{ as_of_date() }}, true)

    group by all

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
        scopes.missing_component_count,
        coalesce(trigger_counts.trigger_count, 0) as trigger_count,
        coalesce(trigger_counts.unanswered_count, 0) as unanswered_count,
        coalesce(uses.use_count, 0) as use_count,
        coalesce(uses.rejected_count, 0) as rejected_count,
        coalesce(finding_counts.finding_count, 0) as finding_count,
        coalesce(finding_counts.incomplete_count, 0) as incomplete_count,
        coalesce(finding_counts.closed_count, 0) as closed_count,
        coalesce(finding_counts.unproven_count, 0) as unproven_count,
        coalesce(condition_counts.condition_count, 0) as condition_count,
        coalesce(condition_counts.overdue_condition_count, 0) as overdue_condition_count,
        cast(null as bigint) as event_count

    from governed

    left join scopes using (model_id, model_version)
    left join trigger_counts using (model_id, model_version)
    left join uses using (model_id, model_version)
    left join finding_counts using (model_id, model_version)
    left join condition_counts using (model_id, model_version)

),

measures as (

    select
        *,
        unnest([
            {{ metric_value('missing_components', 'missing_component_count', 'count',
                "if(missing_component_count is null, 'no_data', null)",
                sample_size=component_names() | length | string) }},
            {{ metric_value('unanswered_triggers', 'unanswered_count', 'count',
                sample_size='trigger_count') }},
            {{ metric_value('rejected_predictions', 'rejected_count', 'count',
                sample_size='use_count') }},
            {{ metric_value('incomplete_findings', 'incomplete_count', 'count',
                sample_size='finding_count') }},
            {{ metric_value('unproven_closures', 'unproven_count', 'count',
                sample_size='closed_count') }},
            {{ metric_value('overdue_conditions', 'overdue_condition_count', 'count',
                sample_size='condition_count') }}
        ]) as measure

    from cards

)

{{ metric_rows('measures') }}
