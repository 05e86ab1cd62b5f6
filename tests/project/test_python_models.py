"""What dbt hands to Python models."""


def test_an_unquoted_as_of_date_reaches_python_models_as_text(dbt, tmp_path):
    """YAML reads 2008-12-31 as a date, which dbt cannot write into the code of a Python model."""
    result = dbt("parse", "--vars", "{as_of_date: 2008-12-31}", folder=tmp_path)
    assert result.success, result.exception
    dated = {
        node.name: node.config.meta["as_of_date"]
        for node in result.result.nodes.values()
        if node.language == "python" and "as_of_date" in node.config.meta
    }
    assert "met_backtests" in dated
    assert set(dated.values()) == {"2008-12-31"}
