{#- What is held against limits, day by day. Of a model's versions that log a day, the one in use counts. -#}
with

days as (

    select * from {{ ref('met_market_risk_days') }}

),

model_versions as (

    {{ known_rows('model_versions') }}

),

used_days as (

    select days.*

    from days

    inner join model_versions
        on
            days.model_id = model_versions.model_id
            and days.model_version = model_versions.model_version

    where
        days.risk_date >= cast(model_versions.deployed_at as date)
        and coalesce(days.risk_date < cast(model_versions.retired_at as date), true)

    qualify row_number() over (
        partition by days.model_id, days.portfolio_id, days.risk_date
        order by model_versions.is_champion desc, model_versions.deployed_at desc, days.model_version
    ) = 1

)

{% for measure in ['var_990', 'var_975', 'es_975'] %}
{{ 'union all' if not loop.first }}
select
    model_id,
    model_version,
    portfolio_id,
    '{{ measure }}' as measure,
    cast(null as varchar) as measure_detail,
    risk_date,
    {{ measure }} as exposure,
    cast(null as double) as prior_positions_exposure,
    known_date

from used_days
{% endfor %}
