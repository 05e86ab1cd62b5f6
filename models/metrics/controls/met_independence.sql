{#- Who stands in whose line, and the judgements that a version relies on today (its last
    validation and its last approval) that somebody made who cannot judge freely. -#}
with recursive

governed as (

    select * from {{ ref('met_governed_versions') }}
    where is_registered

),

models as (

    {{ known_rows('models') }}

),

people as (

    {{ known_rows('people') }}

),

validations as (

    {{ last_validations() }}

),

approvals as (

    {{ known_rows('approvals') }} and cast(effective_at as date) <= {{ as_of_date() }}

),

-- union drops a pair seen before, so that a cycle of managers ends the walk.
lines as (

    select
        person_id,
        manager_id as superior_id

    from people

    where manager_id is not null

    union

    select
        lines.person_id,
        people.manager_id as superior_id

    from lines

    inner join people on lines.superior_id = people.person_id

    where people.manager_id is not null

),

judgements as (

    select
        model_id,
        model_version,
        'validation' as judgement,
        validation_id as judgement_id,
        validator_id as judge_id

    from validations

    union all

    select
        model_id,
        model_version,
        'approval' as judgement,
        approval_id as judgement_id,
        approved_by as judge_id

    from approvals

    where decision = 'approved'

    qualify row_number() over (
        partition by model_id, model_version order by effective_at desc, approval_id desc
    ) = 1

)

select
    governed.model_id,
    governed.model_version,
    judgements.judgement,
    judgements.judgement_id,
    judgements.judge_id,
    models.developer_id,
    case
        when judges.person_id is null then 'unknown_person'
        when judgements.judge_id = models.developer_id then 'developer_judges_own_work'
        when exists (
            select 1 from lines
            where
                lines.person_id = judgements.judge_id
                and lines.superior_id = models.developer_id
        ) then 'reports_to_developer'
        when judgements.judgement = 'validation' and exists (
            select 1 from lines
            where
                lines.person_id = models.developer_id
                and lines.superior_id = judgements.judge_id
        ) then 'manages_developer'
        when
            judgements.judgement = 'validation'
            and governed.model_tier = 1
            and judges.org_unit = developers.org_unit
            then 'same_unit_as_developer'
    end as violation

from governed

inner join models on governed.model_id = models.model_id
inner join judgements
    on
        governed.model_id = judgements.model_id
        and governed.model_version = judgements.model_version
left join people as judges on judgements.judge_id = judges.person_id
left join people as developers on models.developer_id = developers.person_id
