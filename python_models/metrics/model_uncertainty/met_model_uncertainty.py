"""How far a portfolio's figures depend on the model, the sample and the valuation."""

from dbt_model_risk.metric_frame import metric_table
from dbt_model_risk.model_uncertainty.metrics import uncertainty_metrics


def model(dbt, session):
    days = dbt.ref("met_book_days").df()
    estimates = dbt.ref("met_var_estimates").df()
    valuations = dbt.ref("met_valued_holdings").df()
    as_of_date = dbt.config.meta_get("as_of_date")
    return metric_table(uncertainty_metrics(days, estimates, valuations, as_of_date=as_of_date))
