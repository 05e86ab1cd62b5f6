{#- A change of definition is named days after it happened, so that it is held against the estimates
    here and not where they are computed once. -#}
with

estimates as (

    select * from {{ ref('met_live_window_estimates') }}

),

windows as (

    select * from {{ ref('met_live_windows') }}

),

changes as (

    select
        model_id,
        model_version,
        variable,
        -- without a day it came before all that was looked at
        coalesce(cast(changed_on as date), date '0001-01-01') as changed_on

    from {{ ref('met_definition_changes') }}

    where variable <> 'decision'

),

-- What has changed an odd number of times since the baseline is not what it was.
variables as (

    select
        windows.window_key,
        count(*) filter (
            changes.changed_on > windows.first_date and changes.changed_on <= windows.last_date
        ) > 0
        or count(*) filter (changes.changed_on <= windows.first_date) % 2 = 1 as is_redefined

    from windows
    inner join changes
        on
            windows.model_id = changes.model_id
            and windows.model_version = changes.model_version
            and (
                windows.baseline_to < changes.changed_on
                or windows.baseline_from > changes.changed_on
            )

    group by windows.window_key, changes.variable

),

redefined as (

    select distinct window_key from variables
    where is_redefined

),

judged as (

    select
        estimates.*,
        redefined.window_key is not null
        and estimates.status_reason is null
        and estimates.metric <> 'calibration_gap' as is_withheld

    from estimates
    left join redefined on estimates.window_key = redefined.window_key

)

select
    * exclude (is_withheld) replace (
        cast(period_start as date) as period_start,
        cast(period_end as date) as period_end,
        cast(known_date as date) as known_date,
        cast(known_until as date) as known_until,
        if(is_withheld, null, value) as value, -- noqa: RF04
        if(is_withheld, null, ci_low) as ci_low,
        if(is_withheld, null, ci_high) as ci_high,
        if(is_withheld, 'definition_changed', status_reason) as status_reason
    )

from judged
