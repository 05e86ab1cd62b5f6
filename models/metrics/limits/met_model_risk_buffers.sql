{#- By how much a VaR is scaled up for what its backtest says about the model: the multiplier with
    its add-on over the one without, the worse of actual and hypothetical P&L. -#}
select
    model_id,
    model_version,
    portfolio_id,
    risk_date,
    max(window_exceptions) as exception_count,
    max(add_on_mar32_9) as add_on,
    max(model_risk_buffer) as model_risk_buffer

from {{ ref('met_backtest_history') }}

group by all
