{{ market_risk_log(ref('bank_market_risk_days')) }}
