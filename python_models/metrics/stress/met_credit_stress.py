"""Expected loss of credit books before and under every scenario that moves their driver."""

from dbt_model_risk.credit_stress.stress import credit_stress_table


def model(dbt, session):
    books = dbt.ref("met_credit_books").df()
    satellites = dbt.ref("met_satellite_models").df()
    shocks = dbt.ref("met_scenario_shocks").df()
    return credit_stress_table(books, satellites, shocks)
