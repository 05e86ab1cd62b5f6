{#- The traffic light of every day, so that a chart shows when a zone began and ended. -#}
with

market_risk_days as (

    select * from {{ ref('met_market_risk_days') }}

),

traffic_light as (

    select * from {{ ref('met_traffic_light_table') }}

),

judged_days as (

    select
        model_id,
        model_version,
        portfolio_id,
        'pnl_actual' as pnl_judged,
        risk_date,
        var_990,
        pnl_actual as pnl
    from market_risk_days
    where is_actual_usable

    union all

    select
        model_id,
        model_version,
        portfolio_id,
        'pnl_hypothetical' as pnl_judged,
        risk_date,
        var_990,
        pnl_hypothetical as pnl
    from market_risk_days
    where is_hypothetical_usable

),

counted as (

    select
        *,
        -pnl > var_990 as is_exception,
        count(*) over last_250_days as window_days,
        count_if(-pnl > var_990) over last_250_days as window_exceptions

    from judged_days

    window last_250_days as (
        partition by model_id, model_version, portfolio_id, pnl_judged
        order by risk_date
        rows between 249 preceding and current row
    )

),

lit as (

    select
        counted.*,
        traffic_light.zone,
        traffic_light.add_on_mar32_9,
        traffic_light.model_risk_buffer,
        coalesce(traffic_light.zone <> lag(traffic_light.zone) over by_day, true) as is_zone_new,
        counted.window_days = 250 as is_full_window

    from counted

    inner join traffic_light
        on
            counted.window_days = traffic_light.window_days
            and least(counted.window_exceptions, 10) = traffic_light.exceptions

    window by_day as (
        partition by
            counted.model_id,
            counted.model_version,
            counted.portfolio_id,
            counted.pnl_judged
        order by counted.risk_date
    )

)

select
    model_id,
    model_version,
    portfolio_id,
    pnl_judged,
    zone,
    cast(window_exceptions as bigint) as window_exceptions,
    cast(window_days as bigint) as window_days,
    var_990,
    pnl,
    add_on_mar32_9,
    model_risk_buffer,
    is_exception,
    is_full_window,
    risk_date,
    max(risk_date) filter (where is_zone_new) over (
        partition by model_id, model_version, portfolio_id, pnl_judged
        order by risk_date
    ) as zone_since

from lit

order by model_id, model_version, portfolio_id, pnl_judged, risk_date
