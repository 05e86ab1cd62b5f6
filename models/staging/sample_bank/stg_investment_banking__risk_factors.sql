{{ holding_log('risk_factors', ref('bank_risk_factors'), columns={'factor_value': 'value'}) }}
