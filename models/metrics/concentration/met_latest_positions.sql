with

positions as (

    {{ known_days('evd_positions', ['risk_date', 'portfolio_id', 'instrument_id']) }}

),

latest as (

    select *
    from positions
    qualify risk_date = max(risk_date) over (partition by portfolio_id)

),

leads as (

    select distinct
        sandbox_id,
        model_id,
        model_version,
        portfolio_id

    from {{ ref('met_book_days') }}

    where is_lead

)

select
    leads.sandbox_id,
    leads.model_id,
    leads.model_version,
    latest.portfolio_id,
    latest.risk_date,
    latest.instrument_id,
    latest.issuer,
    latest.currency,
    latest.market_value

from latest

inner join leads on latest.portfolio_id = leads.portfolio_id

order by all
