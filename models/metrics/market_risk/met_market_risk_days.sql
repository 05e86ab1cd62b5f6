with

market_risk_days as (

    select * from {{ ref('evd_market_risk_days') }}

),

known_days as (

    select * from market_risk_days
    where known_date <= {{ as_of_date() }}
    qualify
        row_number() over (
            partition by model_id, model_version, portfolio_id, risk_date
            order by known_date desc, loaded_at desc, log_id asc
        ) = 1

)

select
    model_id,
    model_version,
    portfolio_id,
    {%- for figure in market_risk_figures() %}
    {{ figure }},
    {%- endfor %}
    var_990 is not null and pnl_actual is not null as is_actual_usable,
    var_990 is not null and pnl_hypothetical is not null as is_hypothetical_usable,
    risk_date,
    known_date

from known_days

order by model_id, model_version, portfolio_id, risk_date
