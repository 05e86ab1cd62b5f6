{{ dbt_model_risk.holding_log('sensitivities', source('raw', 'greeks'), columns={'factor_id': 'factor'}) }}
