{{ config(tags=['intraday']) }}
{{ sandbox_freshness('wealth_management') }}
