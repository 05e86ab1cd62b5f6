{{ config(tags=['intraday']) }}
{{ sandbox_drift_monitor('wealth_management') }}
