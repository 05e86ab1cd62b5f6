"""How cases moved between rating grades within a year."""

from dbt_model_risk.grades.migration_metrics import migration_metrics
from dbt_model_risk.metric_frame import metric_table


def model(dbt, session):
    migrations = dbt.ref("met_grade_migrations").df()
    as_of_date = dbt.config.meta_get("as_of_date")
    minimum_sample = dbt.config.meta_get("minimum_sample")
    return metric_table(migration_metrics(migrations, as_of_date=as_of_date, minimum_sample=minimum_sample))
