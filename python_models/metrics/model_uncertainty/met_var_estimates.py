"""Value at risk and expected shortfall by every estimator, per portfolio and quarter's end."""

from dbt_model_risk.value_at_risk.estimates import estimate_table, estimates_of_books


def model(dbt, session):
    days = dbt.ref("met_book_days").df()
    return estimate_table(estimates_of_books(days, as_of_date=dbt.config.meta_get("as_of_date")))
