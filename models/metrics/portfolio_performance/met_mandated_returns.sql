with

mandates as (

    {{ known_rows('mandates') }}
    qualify
        row_number() over (partition by sandbox_id, portfolio_id order by recorded_at desc) = 1

),

days as (

    select * from {{ ref('met_book_days') }}
    where is_lead

),

known_factors as (

    {{ known_days('evd_risk_factors', ['risk_date', 'factor_id']) }}

),

-- A price that is not positive has no relative change.
moves as (

    select
        factor_id,
        risk_date,
        case
            when lag(factor_value) over series > 0
                then factor_value / lag(factor_value) over series - 1
        end as benchmark_return

    from known_factors

    window series as (partition by factor_id order by risk_date)

)

select
    days.sandbox_id,
    days.model_id,
    days.model_version,
    days.portfolio_id,
    days.risk_date,
    mandates.benchmark_factor_id,
    case
        when mandates.capital_amount > 0 then days.pnl_actual / mandates.capital_amount
    end as portfolio_return,
    moves.benchmark_return

from days

inner join mandates
    on days.sandbox_id = mandates.sandbox_id and days.portfolio_id = mandates.portfolio_id
left join moves
    on mandates.benchmark_factor_id = moves.factor_id and days.risk_date = moves.risk_date

order by all
