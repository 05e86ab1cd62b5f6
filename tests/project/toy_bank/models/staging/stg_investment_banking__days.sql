{{ dbt_model_risk.market_risk_log(source('raw', 'days')) }}
