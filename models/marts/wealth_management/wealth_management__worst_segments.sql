{{ config(tags=['intraday']) }}
{{ sandbox_worst_segments('wealth_management') }}
