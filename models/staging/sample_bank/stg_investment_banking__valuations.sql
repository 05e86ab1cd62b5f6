{{ holding_log('valuations', ref('bank_valuations')) }}
