"""Where a variable's definition changed, and since when."""

from dbt_model_risk.live.definition_changes import definition_changes
from dbt_model_risk.metric_frame import metric_table


def model(dbt, session):
    days = dbt.ref("met_variable_days").df()
    return metric_table(definition_changes(days))
