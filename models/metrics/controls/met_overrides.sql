{#- Central limits of every governed model and what became of a local override of them: a
    sandbox's first, then the model's own. One that loosens counts only under a live waiver of
    the policy `threshold_overrides`. -#}
with

governed as (

    select
        sandbox_id,
        model_id,
        min(model_tier) as model_tier

    from {{ ref('met_governed_versions') }}

    group by all

),

kri_definitions as (

    select * from {{ ref('kri_definitions') }}

),

policies as (

    {{ rows_in_force('policies') }}

),

policy_thresholds as (

    {{ rows_in_force('policy_thresholds') }}

),

threshold_overrides as (

    {{ rows_in_force('threshold_overrides') }}

),

exemptions as (

    select distinct
        model_id,
        true as is_exempt

    from {{ ref('met_waivers') }}

    where policy_id = 'threshold_overrides' and is_live and violation is null

),

limits as (

    select
        policies.policy_id,
        policies.kri_id,
        kri_definitions.direction,
        policy_thresholds.model_tier,
        policy_thresholds.amber_threshold,
        policy_thresholds.red_threshold

    from policies

    inner join kri_definitions on policies.kri_id = kri_definitions.kri_id
    inner join policy_thresholds on policies.policy_id = policy_thresholds.policy_id

    where
        {{ limits_in_order(
            'kri_definitions.direction',
            'policy_thresholds.amber_threshold', 'policy_thresholds.red_threshold'
        ) }}

    qualify row_number() over (
        partition by policies.policy_id, policy_thresholds.model_tier
        order by policy_thresholds.effective_from desc, policy_thresholds.recorded_at desc
    ) = 1

),

latest_overrides as (

    select *
    from threshold_overrides
    qualify row_number() over (
        partition by policy_id, sandbox_id, model_id
        order by effective_from desc, recorded_at desc, override_id
    ) = 1

),

with_sandbox as (

    select
        limits.* exclude (model_tier),
        governed.sandbox_id,
        governed.model_id,
        governed.model_tier,
        coalesce(exemptions.is_exempt, false) as is_exempt,
        overrides.override_id as sandbox_override_id,
        overrides.amber_threshold as sandbox_amber,
        overrides.red_threshold as sandbox_red,
        {{ override_refusal(
            'overrides', 'limits.direction', 'limits.amber_threshold', 'limits.red_threshold',
            'coalesce(exemptions.is_exempt, false)'
        ) }} as sandbox_refusal,
        case
            when sandbox_override_id is not null and sandbox_refusal is null
                then coalesce(sandbox_amber, limits.amber_threshold)
            else limits.amber_threshold
        end as amber_above,
        case
            when sandbox_override_id is not null and sandbox_refusal is null
                then coalesce(sandbox_red, limits.red_threshold)
            else limits.red_threshold
        end as red_above

    from governed

    inner join limits on governed.model_tier = limits.model_tier
    left join exemptions on governed.model_id = exemptions.model_id
    left join latest_overrides as overrides
        on
            limits.policy_id = overrides.policy_id
            and governed.sandbox_id = overrides.sandbox_id
            and overrides.model_id is null

)

select
    with_sandbox.*,
    overrides.override_id as model_override_id,
    overrides.amber_threshold as model_amber,
    overrides.red_threshold as model_red,
    {{ override_refusal(
        'overrides', 'with_sandbox.direction', 'with_sandbox.amber_above', 'with_sandbox.red_above',
        'with_sandbox.is_exempt'
    ) }} as model_refusal

from with_sandbox

left join latest_overrides as overrides
    on
        with_sandbox.policy_id = overrides.policy_id
        and with_sandbox.sandbox_id = overrides.sandbox_id
        and with_sandbox.model_id = overrides.model_id
