with

models as (

    {{ known_rows('models') }}

),

excusals as (

    {{ known_rows('backtest_excusals') }}

)

select
    models.model_id,
    excusals.portfolio_id,
    excusals.risk_date

from excusals

inner join models on excusals.sandbox_id = models.sandbox_id
