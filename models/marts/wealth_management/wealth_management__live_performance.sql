{{ config(tags=['intraday']) }}

{{ sandbox_live_performance('wealth_management') }}
