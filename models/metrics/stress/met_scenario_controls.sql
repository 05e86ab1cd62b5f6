{#- The state of the scenario library on the as-of date, as metrics of the market-risk versions in
    use. One of each sandbox is judged by them, the most material champion; the others say so. -#}
with

models as (

    {{ models_with('market_risk') }} and problem_type = 'market_risk'

),

model_versions as (

    {{ known_rows('model_versions') }}

),

governed as (

    select * from {{ ref('met_governed_versions') }}
    where is_registered

),

known_scenarios as (

    {{ known_rows('scenarios') }}

),

scenarios as (

    select * from known_scenarios
    where
        valid_from <= {{ as_of_date() }}
        and coalesce(valid_to > {{ as_of_date() }}, true)

),

scenario_shocks as (

    {{ known_rows('scenario_shocks') }}

),

factor_definitions as (

    {{ known_rows('factor_definitions') }}

),

refused as (

    select distinct
        scenario_shocks.scenario_id,
        scenario_shocks.scenario_version

    from scenario_shocks

    anti join factor_definitions using (factor_id)

),

judged as (

    select
        scenarios.*,
        scenarios.approved_by is not null
        and coalesce(scenarios.approved_on <= {{ as_of_date() }}, false) as is_approved,
        coalesce(scenarios.review_due_on < {{ as_of_date() }}, true) as is_overdue,
        refused.scenario_id is not null as is_refused

    from scenarios

    left join refused using (scenario_id, scenario_version)

),

counts as (

    select
        count(*) filter (where is_approved) as sample_size,
        count(*) filter (where is_approved and is_overdue) as stale_count,
        count(*) filter (where is_approved and status = 'proposed') as proposed_count,
        count(*) filter (where is_approved and is_refused) as refused_count,
        count(*) filter (where not is_approved) as unapproved_count

    from judged

),

versions as (

    select
        models.model_id,
        model_versions.model_version,
        'all' as segment_key,
        'all' as segment_value,
        'as_of' as period_grain,
        {{ as_of_date() }} as period_start,
        {{ as_of_date() }} as period_end,
        counts.*,
        row_number() over (
            partition by models.sandbox_id
            order by
                coalesce(model_versions.is_champion, false) desc,
                models.declared_tier,
                models.model_id,
                model_versions.model_version
        ) > 1 as is_judged_elsewhere,
        case
            when is_judged_elsewhere then 'judged_elsewhere'
            when counts.sample_size = 0 then 'no_data'
        end as withheld,
        if(is_judged_elsewhere, 'judged_elsewhere', null) as withheld_count

    from models

    inner join model_versions on models.model_id = model_versions.model_id
    inner join governed
        on
            model_versions.model_id = governed.model_id
            and model_versions.model_version = governed.model_version
    cross join counts

),

measures as (

    select
        *,
        unnest([
            {{ metric_value('stale_scenarios', 'stale_count', 'count', withheld='withheld',
                event_count='stale_count') }},
            {{ metric_value('proposed_scenarios', 'proposed_count', 'count', withheld='withheld',
                event_count='proposed_count') }},
            {{ metric_value('refused_scenarios', 'refused_count', 'count', withheld='withheld',
                event_count='refused_count') }},
            {{ metric_value('unapproved_scenarios', 'unapproved_count', 'count',
                withheld='withheld_count', event_count='unapproved_count') }}
        ]) as measure

    from versions

)

{{ metric_rows('measures') }}
