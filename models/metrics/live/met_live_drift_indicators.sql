{#- What indicators read: the index against the baseline, of all cases in every window of seven days
    and of every segment in the latest one. -#}
with

drift as (

    select * from {{ ref('met_live_drift') }}
    where
        reference = 'baseline'
        and metric = 'psi_above_chance'
        and period_grain = 'rolling_7'

)

select
    {{ metric_columns() }}

from drift
