{#- Waivers beside every governed version they cover, and what is wrong with one. A waiver with
    a violation waives nothing. -#}
with

governed as (

    select * from {{ ref('met_governed_versions') }}

),

waivers as (

    {{ known_rows('waivers') }}

),

policies as (

    {{ known_rows('policies') }}

),

people as (

    {{ known_rows('people') }}

),

tier_rules as (

    {{ rows_in_force('tier_rules') }}

)

select
    waivers.waiver_id,
    waivers.policy_id,
    governed.sandbox_id,
    governed.model_id,
    governed.model_version,
    governed.model_tier,
    waivers.starts_on,
    waivers.expires_on,
    {{ as_of_date() }} between waivers.starts_on
    and coalesce(waivers.expires_on, date '9999-12-31') as is_live,
    case
        when policies.policy_id is null then 'unknown_policy'
        when not policies.is_waivable then 'policy_not_waivable'
        when waivers.starts_on is null or waivers.expires_on is null then 'no_end'
        when waivers.expires_on < waivers.starts_on then 'ends_before_start'
        when waivers.expires_on - waivers.starts_on > tier_rules.waiver_maximum_days then 'too_long'
        when coalesce(waivers.renewal_number, 0) > tier_rules.waiver_maximum_renewals
            then 'too_many_renewals'
        when waivers.reason is null then 'no_reason'
        when waivers.compensating_control is null then 'no_compensating_control'
        when waivers.approved_by is null or waivers.approved_by = waivers.requested_by
            then 'self_approved'
        when coalesce(approvers.person_rank, 0) < policies.minimum_approver_rank
            then 'approver_rank_too_low'
    end as violation

from waivers

inner join governed
    on
        waivers.sandbox_id = governed.sandbox_id
        and coalesce(waivers.model_id, governed.model_id) = governed.model_id
        and coalesce(waivers.model_version, governed.model_version) = governed.model_version
left join policies on waivers.policy_id = policies.policy_id
left join people as approvers on waivers.approved_by = approvers.person_id
left join tier_rules on governed.model_tier = tier_rules.model_tier
