"""The most plausible scenario in which each book loses its target."""

import pyarrow as pa

from dbt_model_risk.stress.known import known_register
from dbt_model_risk.stress.reverse_stress_table import reverse_stress


def model(dbt, session):
    as_of_date = dbt.config.meta_get("as_of_date")
    targets = known_register(
        dbt.ref("reverse_stress_targets").df(), ["sandbox_id", "portfolio_id"], as_of_date=as_of_date
    )
    factors = known_register(dbt.ref("factor_definitions").df(), ["factor_id"], as_of_date=as_of_date)
    table = reverse_stress(
        targets,
        dbt.ref("met_book_sensitivities").df(),
        factors,
        dbt.ref("met_factor_history").df(),
        window=int(dbt.config.meta_get("window_days")),
    )
    return pa.Table.from_pandas(table, preserve_index=False)
