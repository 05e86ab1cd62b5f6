with

policies as (

    {{ known_rows('policies') }}

)

select
    policy_id,
    name as policy_name,
    obligation_id,
    kri_id,
    severity,
    standard,
    owner as policy_owner,
    remedy,
    minimum_approver_rank,
    is_waivable,
    effective_from <= {{ as_of_date() }}
    and coalesce(effective_to > {{ as_of_date() }}, true) as is_in_force,
    effective_from,
    effective_to

from policies
