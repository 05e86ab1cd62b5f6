{#- What is due on every version in use of a sandbox and why, whose turn it is, and what was done in the last year. An
    item closes when a register says who closed it; nothing here closes one. -#}
{% macro sandbox_validation_workflow(sandbox_id) -%}
    {{ return(adapter.dispatch('sandbox_validation_workflow', 'dbt_model_risk')(sandbox_id)) }}
{%- endmacro %}

{% macro default__sandbox_validation_workflow(sandbox_id) %}
{%- set as_of = dbt_model_risk.as_of_date() -%}
with

versions as (

    select
        governed.sandbox_id,
        governed.model_id,
        models.name as model_name,
        governed.model_version,
        governed.model_tier,
        models.validator_id

    from {{ ref('met_governed_versions') }} as governed
    inner join ({{ dbt_model_risk.known_rows('models') }}) as models on governed.model_id = models.model_id

    where governed.sandbox_id = '{{ sandbox_id }}' and governed.is_registered

),

triggers as (

    select * from {{ ref('pol_validation_triggers') }} where sandbox_id = '{{ sandbox_id }}'

),

validations as (

    select
        *,
        coalesce(finished_on <= {{ as_of }}, false) as is_finished,
        concat(upper(left(validation_type, 1)), substr(validation_type, 2), ' validation') as title

    from ({{ dbt_model_risk.known_rows('validations') }}) as known_validations

    where started_on <= {{ as_of }}

),

last_accepted as (

    {{ dbt_model_risk.last_validations("outcome <> 'rejected'") }}

),

components as (

    {{ dbt_model_risk.recorded_components() }}

),

scopes as (

    select
        validations.validation_id,
        replace(array_to_string(list_filter(
            {{ dbt_model_risk.component_names() }},
            lambda component: not list_contains(coalesce(components.components, []), component)
        ), ', '), '_', ' ') as missing_components

    from validations

    left join components using (validation_id)

),

findings as (

    {{ dbt_model_risk.dated_findings() }}

),

approvals as (

    {{ dbt_model_risk.known_rows('approvals') }}
        and decision = 'approved'
        and cast(effective_at as date) <= {{ as_of }}
        and coalesce(cast(revoked_at as date) > {{ as_of }}, true)

),

approval_conditions as (

    {{ dbt_model_risk.known_rows('approval_conditions') }}

),

tier_rules as (

    {{ dbt_model_risk.rows_in_force('tier_rules') }}

),

people as (

    {{ dbt_model_risk.known_rows('people') }}

),

trigger_items as (

    select
        versions.*,
        'trigger' as kind,
        triggers.trigger_id as item_id,
        triggers.trigger_type as item_type,
        cast(null as varchar) as severity,
        case triggers.trigger_type
            when 'age' then 'Periodic validation'
            when 'initial' then 'Initial validation'
            else 'Triggered validation'
        end as what_is_due,
        triggers.reason,
        'not_started' as open_status,
        'Start a validation and enter it in the register of validations' as open_step,
        versions.validator_id as responsible_id,
        triggers.triggered_on as opened_on,
        triggers.due_on,
        triggers.answered_on as closed_on,
        validations.validator_id as closed_by,
        case when validations.is_finished then validations.report_document else validations.validation_id end
            as evidence_document

    from versions

    inner join triggers using (model_id, model_version)
    left join validations on triggers.answered_by = validations.validation_id

),

validation_items as (

    select
        versions.*,
        case when validations.is_finished then 'validation' else 'validation_in_progress' end as kind,
        validations.validation_id as item_id,
        validations.validation_type as item_type,
        cast(null as varchar) as severity,
        validations.title as what_is_due,
        case
            when validations.is_finished then concat(
                'Concluded: ', replace(validations.outcome, '_', ' '),
                case when scopes.missing_components <> ''
                    then concat('; nothing on record about ', scopes.missing_components) else '' end
            )
            when triggers.reasons is not null then concat('Answers: ', triggers.reasons)
            else concat('Started on ', validations.started_on)
        end as reason,
        'in_progress' as open_status,
        case
            when scopes.missing_components = '' then 'Sign the outcome and the report'
            else concat('Conclude on ', scopes.missing_components)
        end as open_step,
        validations.validator_id as responsible_id,
        validations.started_on as opened_on,
        case
            when not validations.is_finished
                then {{ dbt_model_risk.validation_due_on('last_accepted', 'tier_rules') }}
        end as due_on,
        case when validations.is_finished then validations.finished_on end as closed_on,
        validations.validator_id as closed_by,
        validations.report_document as evidence_document

    from versions

    inner join validations using (model_id, model_version)
    inner join scopes using (validation_id)
    left join last_accepted
        on
            versions.model_id = last_accepted.model_id
            and versions.model_version = last_accepted.model_version
    left join tier_rules on versions.model_tier = tier_rules.model_tier
    left join (
        select
            answered_by,
            string_agg(reason, '; ' order by triggered_on, trigger_id) as reasons

        from triggers

        group by answered_by
    ) as triggers
        on validations.validation_id = triggers.answered_by

),

finding_items as (

    select
        versions.*,
        'finding' as kind,
        findings.finding_id as item_id,
        findings.root_cause as item_type,
        findings.severity,
        findings.description as what_is_due,
        concat(
            'Found on ', findings.raised_on,
            case
                when findings.raised_by_validation is not null then concat(' in ', findings.raised_by_validation)
                else ''
            end,
            case
                when findings.extension_count > 0 then concat('; was due on ', findings.due_on, ', extended')
                else ''
            end
        ) as reason,
        'open' as open_status,
        case
            when findings.owner_id is null then 'Name an owner'
            when findings.effective_due_on is null then 'Set a due date'
            when findings.extension_count >= 2 then 'Cure it and hand in the evidence; no later date counts'
            when findings.effective_due_on < {{ as_of }}
                then 'Hand in the evidence or have the date extended'
            else 'Cure it and hand in the evidence'
        end as open_step,
        findings.owner_id as responsible_id,
        findings.raised_on as opened_on,
        findings.effective_due_on as due_on,
        case when findings.closed_on <= {{ as_of }} then findings.closed_on end as closed_on,
        findings.closed_by,
        findings.evidence_document

    from versions

    inner join findings
        on
            versions.model_id = findings.model_id
            and versions.model_version = coalesce(findings.model_version, versions.model_version)

),

condition_items as (

    select
        versions.*,
        'approval_condition' as kind,
        approval_conditions.condition_id as item_id,
        approval_conditions.condition_type as item_type,
        cast(null as varchar) as severity,
        approval_conditions.description as what_is_due,
        concat('Condition of ', approvals.approval_id, ' of ', cast(approvals.effective_at as date)) as reason,
        'open' as open_status,
        'Meet it and hand in the evidence' as open_step,
        approval_conditions.owner_id as responsible_id,
        cast(approvals.effective_at as date) as opened_on,
        approval_conditions.due_on,
        case when {{ dbt_model_risk.is_condition_met() }} then approval_conditions.met_on end as closed_on,
        approval_conditions.owner_id as closed_by,
        approval_conditions.evidence_document

    from versions

    inner join approvals
        on
            versions.model_id = approvals.model_id
            and versions.model_version = approvals.model_version
    inner join approval_conditions on approvals.approval_id = approval_conditions.approval_id

),

items as (

    select
        *,
        closed_on is null as is_open,
        case when is_open then greatest(0, {{ as_of }} - due_on) else 0 end as overdue_days

    from (
        select * from trigger_items
        union all
        select * from validation_items
        union all
        select * from finding_items
        union all
        select * from condition_items
    ) as every_item

    where is_open or closed_on > {{ as_of }} - interval '1 year'

)

select
    concat_ws('|', items.kind, items.model_id, items.model_version, items.item_id) as workflow_key,
    {{ as_of }} as as_of_date,
    items.sandbox_id,
    items.model_id,
    items.model_name,
    items.model_version,
    {{ dbt_model_risk.model_version_key('items.model_id', 'items.model_version') }} as model_version_key,
    items.model_tier,
    items.kind,
    items.item_id,
    items.item_type,
    items.severity,
    items.what_is_due,
    items.reason,
    case
        when not items.is_open then 'closed'
        when items.overdue_days > 0 then 'overdue'
        else items.open_status
    end as status,
    case when items.is_open then items.open_step end as next_step,
    items.responsible_id,
    responsibles.name as responsible_name,
    items.is_open,
    items.opened_on,
    items.due_on,
    cast(coalesce(items.overdue_days, 0) as bigint) as overdue_days,
    items.closed_on,
    case when not items.is_open then items.closed_by end as closed_by,
    case when not items.is_open then closers.name end as closed_by_name,
    case when not items.is_open then items.evidence_document end as evidence_document

from items

left join people as responsibles on items.responsible_id = responsibles.person_id
left join people as closers on items.closed_by = closers.person_id
{% endmacro %}
