"""What every book loses in every scenario in force: by factor class, factor and position."""

import pyarrow as pa

from dbt_model_risk.stress.warehouse import stress_tables


def model(dbt, session):
    pnl, _ = stress_tables(
        sensitivities=dbt.ref("met_book_sensitivities").df(),
        positions=dbt.ref("met_book_positions").df(),
        scenario_values=dbt.ref("met_book_scenario_values").df(),
        factor_values=dbt.ref("met_factor_history").df(),
        shocks=dbt.ref("met_scenario_shocks").df(),
        scenarios=dbt.ref("scenarios").df(),
        factors=dbt.ref("factor_definitions").df(),
        proxies=dbt.ref("factor_proxies").df(),
        as_of_date=dbt.config.meta_get("as_of_date"),
        top=dbt.config.meta_get("top_contributors"),
    )
    return pa.Table.from_pandas(pnl, preserve_index=False)
