{#- What is wrong with the limits in force themselves, whatever their use. -#}
with

limits as (

    {{ rows_in_force('limits') }}
    qualify row_number() over (
        partition by limit_id order by effective_from desc, recorded_at desc
    ) = 1

),

people as (

    {{ known_rows('people') }}

),

temporary_limits as (

    {{ known_rows('temporary_limits') }}

),

active_people as (

    select person_id from people
    where
        active_from <= {{ as_of_date() }}
        and coalesce(active_to >= {{ as_of_date() }}, true)

),

-- What adds up must fit into the parent together; what does not, a VaR or a share, each for itself.
children as (

    select
        parents.limit_id,
        case
            when
                parents.measure in (
                    'net_market_value', 'gross_market_value', 'delta'
                )
                then sum(limits.hard_limit)
            else max(limits.hard_limit)
        end as children_limit,
        parents.hard_limit as parent_limit

    from limits

    inner join limits as parents on limits.parent_limit_id = parents.limit_id

    where limits.measure = parents.measure and limits.unit = parents.unit

    group by parents.limit_id, parents.measure, parents.hard_limit

),

findings as (

    select
        limit_id,
        'cascade' as finding_kind,
        concat('limits below it reach ', children_limit, ', it is ', parent_limit) as detail
    from children
    where children_limit > parent_limit

    union all

    select
        limits.limit_id,
        'parent_unlike' as finding_kind,
        concat('its parent ', limits.parent_limit_id, ' is of another measure or unit') as detail
    from limits
    inner join limits as parents on limits.parent_limit_id = parents.limit_id
    where limits.measure <> parents.measure or limits.unit <> parents.unit

    union all

    select
        limits.limit_id,
        'parent_missing' as finding_kind,
        concat('its parent ', limits.parent_limit_id, ' is not in force') as detail
    from limits
    left join limits as parents on limits.parent_limit_id = parents.limit_id
    where limits.parent_limit_id is not null and parents.limit_id is null

    union all

    select
        limits.limit_id,
        'no_owner' as finding_kind,
        concat('nobody active answers for it: ', coalesce(limits.owner_id, 'no owner')) as detail
    from limits
    left join active_people on limits.owner_id = active_people.person_id
    where active_people.person_id is null

    union all

    select
        limit_id,
        'no_positive_limit' as finding_kind,
        concat('hard limit ', coalesce(cast(hard_limit as varchar), 'null')) as detail
    from limits
    where coalesce(hard_limit <= 0, true)

    union all

    select
        limit_id,
        'lower_limit_not_negative' as finding_kind,
        concat('lower limit ', lower_limit) as detail
    from limits
    where lower_limit >= 0

    union all

    select
        limit_id,
        'unknown_measure' as finding_kind,
        concat('measure ', measure) as detail
    from limits
    where
        measure not in (
            'net_market_value', 'gross_market_value', 'delta', 'top_issuer_share', 'var_990',
            'var_975', 'es_975', 'stress_loss'
        )

    union all

    select
        limit_id,
        'not_additive' as finding_kind,
        concat(measure, ' of several portfolios does not add up') as detail
    from limits
    where portfolio_id = 'all' and measure in ('var_990', 'var_975', 'es_975')

    union all

    select
        limit_id,
        'not_approved' as finding_kind,
        concat('temporary limit ', temporary_limit_id, ' has no approver, so does not count')
            as detail
    from temporary_limits
    where approved_by is null

    union all

    select
        limit_id,
        'entered_late' as finding_kind,
        concat(
            'temporary limit ', temporary_limit_id, ' was entered on ',
            cast(recorded_at as date), ' and does not count before'
        ) as detail
    from temporary_limits
    where cast(recorded_at as date) > starts_on

)

select
    concat_ws('|', findings.limit_id, findings.finding_kind, findings.detail) as limit_finding_key,
    findings.limit_id,
    limits.sandbox_id,
    limits.model_id,
    limits.portfolio_id,
    findings.finding_kind,
    findings.detail

from findings

inner join limits on findings.limit_id = limits.limit_id
