{%- set keys = ['risk_date', 'portfolio_id', 'instrument_id', 'factor_id'] -%}
with

sensitivities as (

    {{ known_days('evd_sensitivities', keys) }}

),

of_sandboxes as (

    select
        split_part(log_id, '__', 1) as sandbox_id,
        *

    from sensitivities

)

select
    sandbox_id,
    portfolio_id,
    instrument_id,
    factor_id,
    delta,
    gamma,
    vega,
    shift_type,
    shift_size,
    risk_date

from of_sandboxes

qualify risk_date = max(risk_date) over (partition by sandbox_id, portfolio_id)

order by sandbox_id, portfolio_id, instrument_id, factor_id
