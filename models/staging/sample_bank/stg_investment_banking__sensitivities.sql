{{ holding_log('sensitivities', ref('bank_sensitivities')) }}
