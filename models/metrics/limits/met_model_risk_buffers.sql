{#- By how much a VaR is scaled up for what its backtest says about the model: the multiplier with
    its add-on over the one without, on the last 250 days that can be backtested, the worse of
    actual and hypothetical P&L. -#}
{% set base_multiplier = 1.5 %}
with

days as (

    select * from {{ ref('met_market_risk_days') }}

),

add_ons as (

    select * from {{ ref('met_traffic_light_addons') }}

),

judged_days as (

    {%- for pnl in ['pnl_actual', 'pnl_hypothetical'] %}
    {{ 'union all' if not loop.first }}
    select
        model_id,
        model_version,
        portfolio_id,
        risk_date,
        '{{ pnl }}' as pnl,
        -{{ pnl }} > var_990 as is_exception

    from days

    where var_990 is not null and {{ pnl }} is not null
    {%- endfor %}

),

windows as (

    select
        *,
        count(*) over last_250 as day_count,
        count(*) filter (where is_exception) over last_250 as exception_count

    from judged_days

    window last_250 as (
        partition by model_id, model_version, portfolio_id, pnl
        order by risk_date
        rows between 249 preceding and current row
    )

)

select
    windows.model_id,
    windows.model_version,
    windows.portfolio_id,
    windows.risk_date,
    max(windows.exception_count) as exception_count,
    max(add_ons.add_on) as add_on,
    ({{ base_multiplier }} + max(add_ons.add_on)) / {{ base_multiplier }} as model_risk_buffer

from windows

inner join add_ons
    on
        windows.day_count = add_ons.day_count
        and least(windows.exception_count, 20) = add_ons.exception_count

group by all
