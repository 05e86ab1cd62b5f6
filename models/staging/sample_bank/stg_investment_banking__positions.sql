{{ holding_log('positions', ref('bank_positions')) }}
