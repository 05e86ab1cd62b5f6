{#- A holding is short where the position is and the log values it by its size. -#}
with

valuations as (

    {{ known_days(
        'evd_valuations', ['risk_date', 'portfolio_id', 'instrument_id', 'valuation_model']
    ) }}

),

latest as (

    select *
    from valuations
    qualify risk_date = max(risk_date) over (partition by portfolio_id)

),

positions as (

    {{ known_days('evd_positions', ['risk_date', 'portfolio_id', 'instrument_id']) }}

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
    latest.valuation_model,
    latest.valuation,
    latest.fair_value,
    case
        when positions.market_value < 0 and latest.fair_value > 0 then 'short'
        else 'long'
    end as side

from latest

inner join leads on latest.portfolio_id = leads.portfolio_id
left join positions
    on
        latest.risk_date = positions.risk_date
        and latest.portfolio_id = positions.portfolio_id
        and latest.instrument_id = positions.instrument_id

order by all
