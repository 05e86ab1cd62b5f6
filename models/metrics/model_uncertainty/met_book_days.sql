{#- Of several champions that log a portfolio, the lead is that of the most material model: tier 1
    first, then by name. A book is measured once, under its lead. -#}
with

models as (

    {{ known_rows('models') }} and problem_type = 'market_risk' and is_in_scope

),

model_versions as (

    {{ known_rows('model_versions') }}

),

days as (

    select * from {{ ref('met_market_risk_days') }}

),

governed as (

    select
        models.sandbox_id,
        models.declared_tier,
        days.*,
        model_versions.is_champion
        and cast(model_versions.deployed_at as date) <= {{ as_of_date() }}
        and coalesce(cast(model_versions.retired_at as date) > {{ as_of_date() }}, true)
            as is_champion

    from days

    inner join models on days.model_id = models.model_id
    inner join model_versions
        on
            days.model_id = model_versions.model_id
            and days.model_version = model_versions.model_version

),

leads as (

    select
        sandbox_id,
        portfolio_id,
        model_id,
        model_version

    from governed

    where is_champion

    qualify
        row_number() over (
            partition by sandbox_id, portfolio_id
            order by declared_tier asc, model_id asc, model_version desc
        ) = 1

)

select
    governed.sandbox_id,
    governed.model_id,
    governed.model_version,
    governed.portfolio_id,
    governed.risk_date,
    governed.var_990,
    governed.var_975,
    governed.es_975,
    governed.pnl_actual,
    governed.pnl_hypothetical,
    coalesce(governed.is_champion, false) as is_champion,
    leads.portfolio_id is not null as is_lead

from governed

left join leads
    on
        governed.sandbox_id = leads.sandbox_id
        and governed.portfolio_id = leads.portfolio_id
        and governed.model_id = leads.model_id
        and governed.model_version = leads.model_version

order by all
