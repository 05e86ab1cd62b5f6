with

risk_factors as (

    {{ known_days('evd_risk_factors', ['risk_date', 'factor_id']) }}

)

select
    factor_id,
    factor_value,
    risk_date

from risk_factors

where factor_value is not null

order by factor_id, risk_date
