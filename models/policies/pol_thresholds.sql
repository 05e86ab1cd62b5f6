{#- The limits in force for every policy and governed model, where they come from, and what was
    tried and refused. -#}
with

overrides as (

    select
        *,
        sandbox_override_id is not null and sandbox_refusal is null as is_sandbox_applied,
        model_override_id is not null and model_refusal is null as is_model_applied

    from {{ ref('met_overrides') }}

)

select
    policy_id || '|' || model_id as threshold_key,
    {{ as_of_date() }} as as_of_date,
    policy_id,
    kri_id,
    sandbox_id,
    model_id,
    model_tier,
    direction,
    case when is_model_applied then coalesce(model_amber, amber_above) else amber_above end
        as amber_threshold,
    case when is_model_applied then coalesce(model_red, red_above) else red_above end
        as red_threshold,
    amber_threshold as central_amber_threshold,
    red_threshold as central_red_threshold,
    case
        when is_model_applied then 'model'
        when is_sandbox_applied then 'sandbox'
        else 'central'
    end as threshold_source,
    case
        when is_model_applied then model_override_id
        when is_sandbox_applied then sandbox_override_id
    end as override_id,
    case
        when model_refusal is not null then model_override_id
        when sandbox_refusal is not null then sandbox_override_id
    end as refused_override_id,
    case
        when model_refusal is not null then model_amber
        when sandbox_refusal is not null then sandbox_amber
    end as attempted_amber_threshold,
    case
        when model_refusal is not null then model_red
        when sandbox_refusal is not null then sandbox_red
    end as attempted_red_threshold,
    coalesce(model_refusal, sandbox_refusal) as refusal_reason

from overrides
