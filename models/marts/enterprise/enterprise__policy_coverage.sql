with

policies as (

    {{ rows_in_force('policies') }}

),

sandboxes as (

    {{ known_rows('sandboxes') }}

),

evaluations as (

    {{ declared_verdicts() }}

),

gates as (

    select * from {{ ref('pol_register') }}

),

verdict_counts as (

    select
        policy_id,
        sandbox_id,
        {{ status_counts() }},
        count(waiver_id) as n_waived,
        count(*) filter (where enforcement = 'block') as n_blocking

    from evaluations

    group by all

),

gate_counts as (

    select
        policy_id,
        sandbox_id,
        count(*) as gate_count

    from gates

    group by all

)

-- Every policy beside every sandbox: a policy that governs nothing shows as zeros, not as a gap.
select
    policies.policy_id || '|' || sandboxes.sandbox_id as policy_coverage_key,
    {{ as_of_date() }} as as_of_date,
    policies.policy_id,
    sandboxes.sandbox_id,
    coalesce(verdict_counts.n_total, 0) as n_governed,
    coalesce(verdict_counts.n_total - verdict_counts.n_grey, 0) as n_evaluated,
    coalesce(verdict_counts.n_green, 0) as n_green,
    coalesce(verdict_counts.n_amber, 0) as n_amber,
    coalesce(verdict_counts.n_red, 0) as n_red,
    coalesce(verdict_counts.n_grey, 0) as n_grey,
    coalesce(verdict_counts.n_waived, 0) as n_waived,
    coalesce(verdict_counts.n_blocking, 0) as n_blocking,
    (verdict_counts.n_total - verdict_counts.n_grey) / verdict_counts.n_total as coverage_rate,
    coalesce(gate_counts.gate_count, 0) as gate_count,
    verdict_counts.n_total is not null as is_applicable,
    gate_counts.gate_count is not null as is_gated

from policies

cross join sandboxes
left join verdict_counts
    on
        policies.policy_id = verdict_counts.policy_id
        and sandboxes.sandbox_id = verdict_counts.sandbox_id
left join gate_counts
    on
        policies.policy_id = gate_counts.policy_id
        and sandboxes.sandbox_id = gate_counts.sandbox_id
