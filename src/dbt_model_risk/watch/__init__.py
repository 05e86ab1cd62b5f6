"""The intraday loop: dbt kept loaded, and run whenever a log has something new."""
