{{ holding_log('scenario_values', ref('bank_scenario_values')) }}
