"""What counts as news in a folder and in a table, and where a source's files are."""

import os
from pathlib import Path

import duckdb
import pytest

from dbt_model_risk.watch.news import FolderNews, file_patterns, log_sources
from dbt_model_risk.watch.warehouse import RowCounts, holder


@pytest.fixture
def news(tmp_path):
    """The news of a folder with one file."""
    (tmp_path / "old.parquet").write_text("old")
    news = FolderNews([str(tmp_path / "*.parquet")])
    news.remember()
    return news


def test_nothing_new(news):
    assert news.look() == (False, True)


def test_a_new_file_is_news_until_it_is_remembered(news, tmp_path):
    (tmp_path / "new.parquet").write_text("new")
    assert news.look() == (True, False)
    assert news.look() == (True, True)
    news.remember()
    assert news.look() == (False, True)


def test_a_file_that_grows_moves_and_is_news(news, tmp_path):
    (tmp_path / "old.parquet").write_text("older")
    assert news.look() == (True, False)
    (tmp_path / "old.parquet").write_text("oldest of all")
    assert news.look() == (True, False)
    assert news.look() == (True, True)


def test_a_file_that_goes_away_is_no_news(news, tmp_path):
    (tmp_path / "old.parquet").unlink()
    assert news.look() == (False, False)


@pytest.mark.parametrize("name", [".hidden.parquet", "_part.parquet", "new.parquet.tmp", "notes.txt"])
def test_unfinished_and_foreign_files_are_no_news_until_they_are_renamed(news, tmp_path, name):
    (tmp_path / name).write_text("half")
    assert news.look() == (False, True)
    (tmp_path / name).rename(tmp_path / "new.parquet")
    assert news.look() == (True, False)


def test_a_folder_stands_for_everything_in_it(tmp_path):
    news = FolderNews([str(tmp_path)])
    news.remember()
    (tmp_path / "day=1").mkdir()
    assert news.look() == (False, True)
    (tmp_path / "day=1" / "part.parquet").write_text("new")
    assert news.look() == (True, False)


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("data/p.parquet", ["data/p.parquet"]),
        ("data/*/p-*.parquet", ["data/*/p-*.parquet"]),
        ("read_parquet('data/*.parquet', union_by_name=true)", ["data/*.parquet"]),
        ("read_csv(['a.csv', 'it''s.csv.gz'], delim=';', columns={'id': 'int'})", ["a.csv", "it's.csv.gz"]),
        ("read_parquet('s3://bank/log/*.parquet')", []),
    ],
)
def test_the_files_of_an_external_location(location, expected):
    assert file_patterns(location, Path("/bank")) == [str(Path("/bank") / path) for path in expected]


def test_an_absolute_path_stays(tmp_path):
    assert file_patterns(f"'{tmp_path}/*.csv'", Path("/bank")) == [f"{tmp_path}/*.csv"]


def test_the_sources_of_a_log_are_found_whatever_lies_between():
    parents = {
        "model.stg_log": ["model.cleaned", "seed.codes"],
        "model.cleaned": ["source.raw.scores", "source.raw.features"],
        "model.stg_other": ["source.raw.other"],
    }
    assert log_sources(parents, ["model.stg_log"]) == ["source.raw.features", "source.raw.scores"]


def test_rows_are_news_and_are_counted_only_when_the_file_changed(tmp_path, monkeypatch):
    database = tmp_path / "bank.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute("create table scores as select 1 as score")
    counts = RowCounts(database, ["scores", "not_built_yet"])
    news = FolderNews([], counts)
    news.remember()
    with monkeypatch.context() as patch:
        patch.setattr(duckdb, "connect", lambda *_, **__: pytest.fail("opened without a reason"))
        assert news.look() == (False, True)
    with duckdb.connect(str(database)) as connection:
        connection.execute("create table elsewhere as select 1 as one")
    assert news.look() == (False, True)
    with duckdb.connect(str(database)) as connection:
        connection.execute("insert into scores values (2)")
        os.utime(database)
        # Held in another way by this process: what was counted last.
        assert news.look() == (False, True)
    assert news.look() == (True, False)


def test_who_holds_the_database(tmp_path):
    database = tmp_path / "bank.duckdb"
    assert holder(database) is None
    assert not database.exists()
    duckdb.connect(str(database)).close()
    assert holder(database) is None
    with duckdb.connect(str(database), read_only=True):
        assert holder(database)
