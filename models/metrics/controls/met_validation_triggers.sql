{#- What the registers say calls for a validation. A trigger opens by itself; only a validation
    answers it. -#}
with

governed as (

    select * from {{ ref('met_governed_versions') }}
    where is_registered

),

model_versions as (

    {{ known_rows('model_versions') }}

),

model_uses as (

    {{ known_rows('model_uses') }}

),

tier_rules as (

    {{ rows_in_force('tier_rules') }}

),

finished as (

    {{ known_rows('validations') }} and finished_on <= {{ as_of_date() }}

),

accepted as (

    select
        *,
        lead(finished_on) over (
            partition by model_id, model_version order by finished_on, validation_id
        ) as succeeded_on

    from finished

    where outcome <> 'rejected'

),

versions as (

    select
        governed.sandbox_id,
        governed.model_id,
        governed.model_version,
        governed.model_tier,
        model_versions.change_type,
        cast(model_versions.deployed_at as date) as deployed_on,
        cast(model_versions.recorded_at as date) as recorded_on,
        tier_rules.validation_maximum_age_days,
        tier_rules.trigger_response_days

    from governed

    inner join model_versions
        on
            governed.model_id = model_versions.model_id
            and governed.model_version = model_versions.model_version
    inner join tier_rules on governed.model_tier = tier_rules.model_tier

),

aged as (

    select
        versions.*,
        'age' as trigger_type,
        accepted.validation_id as cause_id,
        {{ validation_due_on('accepted', 'versions') }} as triggered_on,
        triggered_on as answerable_from,
        true as may_be_under_way,
        concat(
            'Validation ', cause_id, ' of ', accepted.finished_on, ' was good until ', triggered_on
        ) as reason

    from versions

    inner join accepted using (model_id, model_version)

    where coalesce(accepted.succeeded_on > triggered_on, true)

),

unvalidated as (

    select
        versions.*,
        'initial' as trigger_type,
        versions.model_version as cause_id,
        versions.deployed_on as triggered_on,
        triggered_on as answerable_from,
        true as may_be_under_way,
        concat('Went into use on ', triggered_on, ' without a validation') as reason

    from versions

    where
        not exists (
            select 1 from finished
            where
                versions.model_id = finished.model_id
                and versions.model_version = finished.model_version
                and versions.deployed_on >= finished.finished_on
        )

),

changed as (

    select
        versions.*,
        'material_change' as trigger_type,
        versions.model_version as cause_id,
        versions.recorded_on as triggered_on,
        triggered_on as answerable_from,
        true as may_be_under_way,
        concat('Registered as a material change on ', triggered_on) as reason

    from versions

    where versions.change_type = 'material'

),

-- A validation that started before a use was on record did not look at it.
newly_used as (

    select
        versions.*,
        'new_use' as trigger_type,
        model_uses.use_id as cause_id,
        greatest(model_uses.started_on, versions.deployed_on) as triggered_on,
        cast(model_uses.recorded_at as date) as answerable_from,
        false as may_be_under_way,
        concat(
            'New use since ', triggered_on, ': ', lower(left(model_uses.name, 1)),
            substr(model_uses.name, 2), ', ',
            concat_ws(', ', model_uses.product, model_uses.region), ' (', cause_id, ')'
        ) as reason

    from versions

    inner join model_uses on versions.model_id = model_uses.model_id

    where
        coalesce(model_uses.ended_on > {{ as_of_date() }}, true)
        and exists (
            select 1 from finished
            where
                versions.model_id = finished.model_id
                and versions.model_version = finished.model_version
                and finished.finished_on <= triggered_on
        )

),

rejected as (

    select
        versions.*,
        'rejected' as trigger_type,
        finished.validation_id as cause_id,
        finished.finished_on as triggered_on,
        triggered_on as answerable_from,
        false as may_be_under_way,
        concat('Validation ', cause_id, ' rejected the version on ', triggered_on) as reason

    from versions

    inner join finished using (model_id, model_version)

    where finished.outcome = 'rejected'

),

candidates as (

    select
        triggered.*,
        triggered_on + trigger_response_days as respond_by,
        if(trigger_type in ('age', 'initial'), triggered_on, respond_by) as due_on

    from (
        select * from aged
        union all
        select * from unvalidated
        union all
        select * from changed
        union all
        select * from newly_used
        union all
        select * from rejected
    ) as triggered

    where triggered_on <= {{ as_of_date() }}

)

{{ answered_triggers() }}
