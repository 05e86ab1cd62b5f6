"""A warehouse that holds an outbox and nothing else."""

from pathlib import Path

import duckdb

__all__ = ["ALERT", "ROOT", "deliveries", "outbox", "project"]

ROOT = Path(__file__).parents[3]
ALERT = {
    **{"alert_id": "a1", "alert_key": "s|p|m|1|all|all", "sequence": 1, "event": "opened", "rag_status": "red"},
    **{"evaluated_at": "2025-06-30 10:00:00", "opened_at": "2025-06-30 10:00:00", "previous_status": None},
    **{"sandbox_id": "wealth", "policy_id": "p", "policy_name": "Feature drift", "model_id": "churn"},
    **{"model_version": "1.0", "segment_key": "all", "segment_value": "all", "kri_value": 1.17781, "unit": "psi"},
    **{
        "threshold": 0.25,
        "explanation": "Largest feature PSI: 1.1778 psi; red beyond 0.25",
        "remedy": "Repair the feed",
    },
    **{"evidence_ref": "metrics.met_drift|psi|income", "owner_id": "per_o", "owner_name": "I. Ivy"},
    **{"route_id": "default", "is_silent": False},
}
STATE = (ROOT / "models" / "marts" / "enterprise" / "enterprise__alert_outbox.sql").read_text()


def outbox(path, *alerts):
    """Write a warehouse with the given alerts; the state of their delivery is the mart's own SQL."""
    rows = [ALERT | alert for alert in alerts]
    steps = STATE[STATE.index("last_steps as (") : STATE.index("\n)\n\nselect\n") + 2]
    with duckdb.connect(path) as connection:
        connection.execute("create schema policies; create schema enterprise")
        connection.execute(
            """
            create table policies.pol_alert_deliveries (
                alert_id varchar, target varchar, attempt bigint, state varchar, route_id varchar,
                recorded_at timestamp, is_possible_repeat boolean, error varchar
            )
            """
        )
        columns = ", ".join(f"{name} {type_of(name)}" for name in ALERT)
        connection.execute(f"create table alerts ({columns})")
        connection.executemany(
            f"insert into alerts values ({', '.join('?' * len(ALERT))})", [list(row.values()) for row in rows]
        )
        connection.execute(
            f"""
            create view enterprise.alert_outbox as
            with deliveries as (from policies.pol_alert_deliveries), {steps}
            select
                alerts.*, coalesce(delivery_state, if(is_silent, 'silent', 'pending')) as delivery_state,
                is_possible_repeat, delivery_error
            from alerts left join delivered using (alert_id)
            """
        )
    return path


def type_of(name):
    if name.endswith("_at"):
        return "timestamp"
    return {"sequence": "bigint", "kri_value": "double", "threshold": "double", "is_silent": "boolean"}.get(
        name, "varchar"
    )


def deliveries(path, columns="state"):
    with duckdb.connect(path, read_only=True) as connection:
        rows = connection.execute(f"select {columns} from policies.pol_alert_deliveries order by rowid").fetchall()
    return [row[0] if len(row) == 1 else row for row in rows]


def project(folder):
    """Write a dbt project whose profile names the warehouse bank.duckdb."""
    (folder / "dbt_project.yml").write_text("name: bank\nprofile: bank\n")
    (folder / "profiles.yml").write_text("bank: {target: dev, outputs: {dev: {type: duckdb, path: bank.duckdb}}}\n")
    return folder
