{#- Everything that calls for a validation: what the registers say, and red indicators that nobody
    has resolved in the time that the tier allows. -#}
with

governed as (

    select * from {{ ref('met_governed_versions') }}
    where is_registered

),

kri_values as (

    select * from {{ ref('kri_values') }}

),

thresholds as (

    select * from {{ ref('pol_thresholds') }}

),

policies as (

    {{ rows_in_force('policies') }}

),

kri_definitions as (

    select * from {{ ref('kri_definitions') }}

),

tier_rules as (

    {{ rows_in_force('tier_rules') }}

),

red_runs as (

    {{ red_runs() }}

),

information as (

    {{ information_only() }}

),

-- What the registers say has triggers of its own; rejected rows are cured in the feed; what only
-- informs in the model's jurisdiction calls for nothing.
unresolved as (

    select
        red_runs.model_id,
        red_runs.model_version,
        red_runs.policy_id,
        min(red_runs.opened_on) as red_since

    from red_runs

    inner join kri_definitions on red_runs.kri_id = kri_definitions.kri_id
    left join information
        on
            red_runs.model_id = information.model_id
            and red_runs.policy_id = information.policy_id

    where
        red_runs.recovered_on is null
        and information.policy_id is null
        and kri_definitions.source_table not in ('controls', 'quality')

    group by all

),

candidates as (

    select
        governed.sandbox_id,
        governed.model_id,
        governed.model_version,
        governed.model_tier,
        'red_kri' as trigger_type,
        unresolved.policy_id as cause_id,
        concat(
            policies.name, ' red since ', unresolved.red_since, ', longer than the ',
            tier_rules.red_maximum_days, ' days of tier ', governed.model_tier
        ) as reason,
        unresolved.red_since as answerable_from,
        false as may_be_under_way,
        unresolved.red_since + tier_rules.red_maximum_days + 1 as triggered_on,
        triggered_on + tier_rules.trigger_response_days as respond_by,
        respond_by as due_on

    from unresolved

    inner join governed
        on
            unresolved.model_id = governed.model_id
            and unresolved.model_version = governed.model_version
    inner join policies on unresolved.policy_id = policies.policy_id
    inner join tier_rules on governed.model_tier = tier_rules.model_tier

    where triggered_on <= {{ as_of_date() }}

)

{{ answered_triggers() }}

union all

select * from {{ ref('met_validation_triggers') }}
