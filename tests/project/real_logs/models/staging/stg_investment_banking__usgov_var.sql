-- A backtest runs on across the change of May 2020, so the whole series is one registered version.
{{ dbt_model_risk.market_risk_log(source('investment_usgov_var', 'pnl_var'), columns={
    'risk_date': 'date',
    'portfolio_id': 'portfolio',
    'model_version': "'all'",
    'var_990': 'var_99',
    'loaded_at': 'date'
}) }}
