{#- What stress says of each book of the market-risk model in use, of the highest tier where there are
    several. Ladders are steps of a ruler and not scenarios: they count for the Taylor error alone. -#}
with

models as (

    {{ models_with('market_risk') }} and problem_type = 'market_risk'

),

model_versions as (

    {{ known_rows('model_versions') }} and is_champion

),

champions as (

    select
        models.sandbox_id,
        models.model_id,
        model_versions.model_version

    from models

    inner join model_versions on models.model_id = model_versions.model_id

    qualify
        row_number() over (
            partition by models.sandbox_id order by models.declared_tier, models.model_id
        ) = 1

),

books as (

    select distinct
        champions.sandbox_id,
        champions.model_id,
        champions.model_version,
        market_risk_days.portfolio_id

    from champions

    inner join {{ ref('met_market_risk_days') }} as market_risk_days
        on
            champions.model_id = market_risk_days.model_id
            and champions.model_version = market_risk_days.model_version

),

scenarios as (

    {{ known_rows('scenarios') }}
    qualify
        row_number() over (
            partition by scenario_id, scenario_version
            order by recorded_at desc
        ) = 1

),

pnl as (

    select
        stress_pnl.*,
        scenarios.kind != 'sensitivity' as is_judged

    from {{ ref('met_stress_pnl') }} as stress_pnl

    inner join scenarios
        on
            stress_pnl.scenario_id = scenarios.scenario_id
            and stress_pnl.scenario_version = scenarios.scenario_version

),

stressed as (

    select
        sandbox_id,
        portfolio_id,
        count(distinct scenario_id) filter (where breakdown = 'portfolio' and is_judged)
            as scenario_count,
        count(*) filter (where breakdown = 'portfolio' and is_judged and pnl is null)
            as null_count,
        any_value(status_reason)
            filter (where breakdown = 'portfolio' and is_judged and pnl is null) as null_reason,
        -min(pnl) filter (where breakdown = 'portfolio' and is_judged) as worst_loss,
        count(taylor_error) filter (where breakdown = 'portfolio') as revalued_count,
        sum(abs(taylor_error)) filter (where breakdown = 'portfolio') as error_sum,
        sum(abs(pnl)) filter (where breakdown = 'portfolio' and taylor_error is not null)
            as revalued_sum,
        count(*) filter (where breakdown = 'factor' and is_judged) as move_count,
        count(*) filter (where breakdown = 'factor' and is_judged and proxy_count > 0)
            as proxied_count,
        count(*) filter (where breakdown = 'factor' and is_judged and unshocked_count > 0)
            as unshocked_moves

    from pnl

    group by sandbox_id, portfolio_id

),

reversed as (

    select
        sandbox_id,
        portfolio_id,
        any_value(distance) as distance,
        any_value(window_days) as window_days,
        any_value(status_reason) as reverse_reason

    from {{ ref('met_reverse_stress') }}

    group by sandbox_id, portfolio_id

),

judged as (

    select
        books.model_id,
        books.model_version,
        'portfolio' as segment_key,
        books.portfolio_id as segment_value,
        'as_of' as period_grain,
        {{ as_of_date() }} as period_start,
        {{ as_of_date() }} as period_end,
        stressed.* exclude (sandbox_id, portfolio_id),
        stressed.proxied_count / nullif(stressed.move_count, 0) as proxy_share,
        stressed.unshocked_moves / nullif(stressed.move_count, 0) as unshocked_share,
        stressed.error_sum / nullif(stressed.revalued_sum, 0) as taylor_error_share,
        reversed.distance,
        reversed.window_days,
        case
            when stressed.portfolio_id is null then 'no_sensitivities'
            when stressed.scenario_count = 0 then 'no_scenario'
            when stressed.worst_loss is null then stressed.null_reason
        end as loss_withheld,
        if(stressed.null_count > 0, 'incomplete_scenarios', null) as loss_caveat,
        case
            when stressed.portfolio_id is null then 'no_sensitivities'
            when stressed.move_count = 0 then 'no_scenario'
        end as share_withheld,
        case
            when coalesce(stressed.revalued_count, 0) = 0 then 'no_full_revaluation'
            when stressed.revalued_sum = 0 then 'no_data'
        end as error_withheld,
        case
            when reversed.portfolio_id is null then 'no_target'
            when reversed.distance is null then reversed.reverse_reason
        end as distance_withheld,
        reversed.reverse_reason as distance_caveat

    from books

    left join stressed
        on books.sandbox_id = stressed.sandbox_id and books.portfolio_id = stressed.portfolio_id
    left join reversed
        on books.sandbox_id = reversed.sandbox_id and books.portfolio_id = reversed.portfolio_id

),

measures as (

    select
        *,
        unnest([
            {{ metric_value('worst_stress_loss', 'worst_loss', 'worst_step_of_scenarios',
                withheld='loss_withheld', caveat='loss_caveat', sample_size='scenario_count',
                event_count='null') }},
            {{ metric_value('taylor_error_share', 'taylor_error_share', 'error_over_revalued_pnl',
                withheld='error_withheld', sample_size='revalued_count', event_count='null') }},
            {{ metric_value('proxy_share', 'proxy_share', 'factor_moves_at_worst_steps',
                withheld='share_withheld', sample_size='move_count',
                event_count='proxied_count') }},
            {{ metric_value('unshocked_share', 'unshocked_share', 'factor_moves_at_worst_steps',
                withheld='share_withheld', sample_size='move_count',
                event_count='unshocked_moves') }},
            {{ metric_value('reverse_stress_distance', 'distance', 'mahalanobis',
                withheld='distance_withheld', caveat='distance_caveat',
                sample_size='window_days', event_count='null') }}
        ]) as measure

    from judged

)

{{ metric_rows('measures') }}
