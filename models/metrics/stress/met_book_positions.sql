with

positions as (

    {{ known_days('evd_positions', ['risk_date', 'portfolio_id', 'instrument_id']) }}

),

of_sandboxes as (

    select
        split_part(log_id, '__', 1) as sandbox_id,
        *

    from positions

),

latest as (

    select * from of_sandboxes
    qualify risk_date = max(risk_date) over (partition by sandbox_id, portfolio_id)

)

select
    sandbox_id,
    portfolio_id,
    instrument_id,
    market_value,
    risk_date

from latest

-- A position that was closed has nothing left to lose.
where coalesce(market_value != 0, true)

order by sandbox_id, portfolio_id, instrument_id
