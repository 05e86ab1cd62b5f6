{%- set keys = ['risk_date', 'portfolio_id', 'instrument_id', 'scenario_id', 'step'] -%}
with

scenario_values as (

    {{ known_days('evd_scenario_values', keys) }}

),

of_sandboxes as (

    select
        split_part(log_id, '__', 1) as sandbox_id,
        *

    from scenario_values

)

select
    sandbox_id,
    portfolio_id,
    instrument_id,
    scenario_id,
    step,
    base_value,
    scenario_value,
    risk_date

from of_sandboxes

qualify risk_date = max(risk_date) over (partition by sandbox_id, portfolio_id)

order by sandbox_id, portfolio_id, instrument_id, scenario_id, step
