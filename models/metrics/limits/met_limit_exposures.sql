{#- What is held against limits, day by day: a model's estimates, and what the positions themselves
    are. Beside each the same figure for the positions of the day before, in today's market, where
    it can be had. Of a model's versions that log a day, the one in use counts. -#}
with

market_risk_days as (

    select * from {{ ref('met_market_risk_days') }}

),

model_versions as (

    {{ known_rows('model_versions') }}

),

positions as (

    {{ known_days('evd_positions', ['risk_date', 'portfolio_id', 'instrument_id']) }}

),

sensitivities as (

    {{ known_days(
        'evd_sensitivities', ['risk_date', 'portfolio_id', 'instrument_id', 'factor_id']
    ) }}

),

limited as (

    select distinct
        model_id,
        portfolio_id,
        measure,
        measure_detail
    from ({{ known_rows('limits') }}) as known_limits

),

-- A model's estimates.
estimates as (

    {%- for measure in ['var_990', 'var_975', 'es_975'] %}
    {{ 'union all' if not loop.first }}
    select
        model_id,
        model_version,
        portfolio_id,
        '{{ measure }}' as measure,
        cast(null as varchar) as measure_detail,
        risk_date,
        {{ measure }} as exposure,
        {{ 'var_990_prior_positions' if measure == 'var_990' else 'cast(null as double)' }}
            as prior_positions_exposure,
        known_date

    from market_risk_days
    {%- endfor %}

),

-- What a book loses in each scenario and step; all books together lose in the same one.
stress_steps as (

    select
        portfolio_id,
        scenario_id,
        step,
        cast(risk_date as date) as risk_date,
        pnl
    from {{ ref('met_stress_pnl') }}
    where breakdown = 'portfolio'

    union all

    select
        'all' as portfolio_id,
        scenario_id,
        step,
        cast(max(risk_date) as date) as risk_date,
        if(count(*) = count(pnl), sum(pnl), null) as pnl
    from {{ ref('met_stress_pnl') }}
    where breakdown = 'portfolio'
    group by all

),

ladders as (

    select distinct scenario_id from ({{ known_rows('scenarios') }}) as known_scenarios
    where kind = 'sensitivity'

),

-- A step of a ladder is a scenario only for the limit that names it.
stressed as (

    select
        limited.model_id,
        limited.portfolio_id,
        limited.measure,
        limited.measure_detail,
        stress_steps.risk_date,
        greatest(-min(stress_steps.pnl), 0) as exposure,
        max(stress_steps.risk_date) as known_date

    from limited

    inner join stress_steps
        on
            limited.portfolio_id = stress_steps.portfolio_id
            and (
                limited.measure_detail = stress_steps.scenario_id
                or limited.measure_detail is null
            )
    left join ladders on stress_steps.scenario_id = ladders.scenario_id

    where
        limited.measure = 'stress_loss'
        and (ladders.scenario_id is null or limited.measure_detail is not null)

    group by all

),

-- What is held, and what was held the day before at today's prices.
portfolio_days as (

    select
        portfolio_id,
        risk_date,
        lag(risk_date) over (partition by portfolio_id order by risk_date) as previous_date

    from positions

    group by portfolio_id, risk_date

),

prices as (

    select
        instrument_id,
        risk_date,
        max(market_value / nullif(quantity, 0)) as price

    from positions

    group by all

),

holdings as (

    select
        risk_date,
        portfolio_id,
        coalesce(issuer, instrument_id) as issuer,
        market_value,
        false as is_prior,
        known_date

    from positions

    union all

    select
        portfolio_days.risk_date,
        positions.portfolio_id,
        coalesce(positions.issuer, positions.instrument_id) as issuer,
        positions.quantity * prices.price as market_value,
        true as is_prior,
        positions.known_date

    from portfolio_days

    inner join positions
        on
            portfolio_days.portfolio_id = positions.portfolio_id
            and portfolio_days.previous_date = positions.risk_date
    left join prices
        on
            positions.instrument_id = prices.instrument_id
            and portfolio_days.risk_date = prices.risk_date

),

books as (

    select * from holdings

    union all

    select * replace ('all' as portfolio_id) from holdings

),

issuers as (

    select
        risk_date,
        portfolio_id,
        is_prior,
        issuer,
        sum(market_value) as net_market_value,
        sum(abs(market_value)) as gross_market_value,
        count(*) = count(market_value) as is_whole,
        max(known_date) as known_date

    from books

    group by all

),

totals as (

    select
        risk_date,
        portfolio_id,
        is_prior,
        sum(net_market_value) as net_market_value,
        sum(gross_market_value) as gross_market_value,
        max(abs(net_market_value)) as top_issuer_value,
        bool_and(is_whole) as is_whole,
        max(known_date) as known_date

    from issuers

    group by all

),

-- With a detail it is about that issuer alone; one that a book does not hold is 0 of it.
held as (

    select
        limited.model_id,
        limited.portfolio_id,
        limited.measure,
        limited.measure_detail,
        totals.risk_date,
        totals.is_prior,
        totals.known_date,
        case limited.measure
            when 'net_market_value'
                then if(
                    limited.measure_detail is null,
                    totals.net_market_value,
                    coalesce(issuers.net_market_value, 0)
                )
            when 'gross_market_value'
                then if(
                    limited.measure_detail is null,
                    totals.gross_market_value,
                    coalesce(issuers.gross_market_value, 0)
                )
            when 'top_issuer_share'
                then if(
                    limited.measure_detail is null,
                    totals.top_issuer_value,
                    coalesce(abs(issuers.net_market_value), 0)
                ) / nullif(totals.gross_market_value, 0)
        end as exposure,
        if(totals.is_whole, exposure, null) as whole_exposure

    from limited

    inner join totals on limited.portfolio_id = totals.portfolio_id
    left join issuers
        on
            totals.portfolio_id = issuers.portfolio_id
            and totals.risk_date = issuers.risk_date
            and totals.is_prior = issuers.is_prior
            and limited.measure_detail = issuers.issuer

    where limited.measure in ('net_market_value', 'gross_market_value', 'top_issuer_share')

),

deltas as (

    select
        risk_date,
        portfolio_id,
        factor_id,
        delta,
        shift_type,
        shift_size,
        known_date

    from sensitivities

    union all

    select
        risk_date,
        'all' as portfolio_id,
        factor_id,
        delta,
        shift_type,
        shift_size,
        known_date

    from sensitivities

),

-- P&L per shift adds up where the shifts are the same.
exposed as (

    select
        limited.model_id,
        limited.portfolio_id,
        limited.measure,
        limited.measure_detail,
        deltas.risk_date,
        case
            when
                count(distinct concat_ws('|', deltas.shift_type, deltas.shift_size)) filter (
                    where deltas.factor_id = limited.measure_detail
                ) <= 1
                then coalesce(
                    sum(deltas.delta) filter (where deltas.factor_id = limited.measure_detail), 0
                )
        end as exposure,
        max(deltas.known_date) as known_date

    from limited

    inner join deltas on limited.portfolio_id = deltas.portfolio_id

    where limited.measure = 'delta'

    group by all

),

measured as (

    select * from estimates

    union all

    select
        model_id,
        cast(null as varchar) as model_version,
        portfolio_id,
        measure,
        measure_detail,
        risk_date,
        max(whole_exposure) filter (where not is_prior) as exposure,
        max(whole_exposure) filter (where is_prior) as prior_positions_exposure,
        max(known_date) filter (where not is_prior) as known_date

    from held

    group by all

    union all

    select
        model_id,
        cast(null as varchar) as model_version,
        portfolio_id,
        measure,
        measure_detail,
        risk_date,
        exposure,
        cast(null as double) as prior_positions_exposure,
        known_date

    from exposed

    union all

    select
        model_id,
        cast(null as varchar) as model_version,
        portfolio_id,
        measure,
        measure_detail,
        risk_date,
        exposure,
        cast(null as double) as prior_positions_exposure,
        known_date

    from stressed

)

select
    measured.model_id,
    model_versions.model_version,
    measured.portfolio_id,
    measured.measure,
    measured.measure_detail,
    measured.risk_date,
    measured.exposure,
    measured.prior_positions_exposure,
    measured.known_date

from measured

inner join model_versions
    on
        measured.model_id = model_versions.model_id
        and coalesce(measured.model_version, model_versions.model_version)
        = model_versions.model_version

where
    measured.risk_date >= cast(model_versions.deployed_at as date)
    and coalesce(measured.risk_date < cast(model_versions.retired_at as date), true)

qualify row_number() over (
    partition by
        measured.model_id, measured.measure, measured.measure_detail, measured.portfolio_id,
        measured.risk_date
    order by
        model_versions.is_champion desc,
        model_versions.deployed_at desc,
        model_versions.model_version asc
) = 1
