{#- Every policy in force against every version it governs, starting from what is governed: what
    nobody measured is a grey row, not a missing one. Judged is the last period that can be
    judged: a cohort whose outcomes are not due yet does not hide the one before it. -#}
{{ config(tags=['intraday']) }}

with

governed as (

    select * from {{ ref('met_governed_versions') }}

),

policies as (

    {{ rows_in_force('policies') }}

),

kri_definitions as (

    select * from {{ ref('kri_definitions') }}

),

thresholds as (

    select * from {{ ref('pol_thresholds') }}

),

information_only as (

    {{ information_only() }}

),

switched_off as (

    {{ known_rows('sandbox_needs') }} and need = 'off'

),

latest_values as (

    select *
    from {{ ref('kri_values') }}
    where is_judged_grain and segment_key in ('all', 'portfolio')
    qualify row_number() over (
        partition by kri_id, model_id, model_version, segment_key, segment_value
        order by coalesce(status_reason = 'immature', false) asc, period_end desc
    ) = 1

),

live_waivers as (

    select *
    from {{ ref('met_waivers') }}
    where is_live and violation is null
    qualify row_number() over (
        partition by policy_id, model_id, model_version order by expires_on desc, waiver_id
    ) = 1

),

subjects as (

    select
        governed.sandbox_id,
        governed.model_id,
        governed.model_version,
        governed.model_tier,
        policies.policy_id,
        if(
            information_only.policy_id is null, policies.severity, 'information'
        ) as severity,
        information_only.information_in,
        policies.kri_id,
        kri_definitions.name as kri_name,
        kri_definitions.unit,
        kri_definitions.direction

    from governed

    cross join policies
    inner join kri_definitions on policies.kri_id = kri_definitions.kri_id
    left join information_only
        on
            governed.model_id = information_only.model_id
            and policies.policy_id = information_only.policy_id

    where
        (governed.is_registered or kri_definitions.subject_scope = 'any_version')
        and not exists (
            select 1 from switched_off
            where
                governed.sandbox_id = switched_off.sandbox_id
                and kri_definitions.capability = switched_off.capability
        )
        and (
            kri_definitions.problem_type = 'any'
            or list_contains(
                string_split(kri_definitions.problem_type, ';'), governed.problem_type
            )
        )

),

judged as (

    select
        subjects.*,
        coalesce(latest_values.segment_key, 'all') as segment_key,
        coalesce(latest_values.segment_value, 'all') as segment_value,
        latest_values.period_start,
        latest_values.period_end,
        latest_values.kri_value,
        latest_values.sample_size,
        latest_values.evidence_ref,
        thresholds.amber_threshold,
        thresholds.red_threshold,
        {{ rag_status(
            'latest_values.kri_value', 'thresholds.amber_threshold', 'thresholds.red_threshold',
            'subjects.direction'
        ) }} as rag_status,
        case
            when latest_values.kri_value_key is null then 'no_data'
            when latest_values.kri_value is null then latest_values.status_reason
            when thresholds.red_threshold is null then 'no_threshold'
            else latest_values.status_reason
        end as status_reason

    from subjects

    left join latest_values
        on
            subjects.kri_id = latest_values.kri_id
            and subjects.model_id = latest_values.model_id
            and subjects.model_version = latest_values.model_version
    left join thresholds
        on
            subjects.policy_id = thresholds.policy_id
            and subjects.model_id = thresholds.model_id

),

enforced as (

    select
        judged.*,
        waivers.waiver_id,
        waivers.expires_on as waiver_expires_on,
        {{ enforcement(
            'judged.rag_status', 'judged.status_reason', 'judged.severity', 'judged.model_tier',
            'waivers.waiver_id'
        ) }} as enforcement

    from judged

    left join live_waivers as waivers
        on
            judged.policy_id = waivers.policy_id
            and judged.model_id = waivers.model_id
            and judged.model_version = waivers.model_version

)

select
    concat_ws(
        '|', policy_id, model_id, model_version, segment_key, segment_value
    ) as evaluation_key,
    {{ as_of_date() }} as as_of_date,
    sandbox_id,
    policy_id,
    kri_id,
    model_id,
    model_version,
    model_tier,
    segment_key,
    segment_value,
    period_start,
    period_end,
    rag_status,
    status_reason,
    kri_value,
    unit,
    sample_size,
    direction,
    amber_threshold,
    red_threshold,
    {{ utilisation('kri_value', 'red_threshold', 'direction') }} as utilisation,
    severity,
    waiver_id,
    waiver_expires_on,
    enforcement,
    {{ verdict_sentence() }} as explanation,
    evidence_ref

from enforced
