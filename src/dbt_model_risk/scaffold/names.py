"""Names and text that are safe wherever they are written: SQL, Jinja, YAML."""

from __future__ import annotations

import json
import re
from functools import lru_cache

import duckdb
import yaml

__all__ = ["free_name", "identifier", "jinja_text", "plain_name", "spoken", "yaml_text"]

# Names that the log macros give to columns of their own, beside a log's.
INTERNAL_WORDS = (
    "admitted affected arrival batch bin_id bins category copies copy_number days earlier event_date known_date "
    "loaded_date log_id log_kind log_rows logged n numbers observed outcome_class recency registered_date "
    "reject_reason replaced_date score_bin segment_key segment_value sign source states value_square_sum "
    "value_sum variable versions"
)
INTERNAL = frozenset(INTERNAL_WORDS.split())


@lru_cache(maxsize=1)
def keywords() -> frozenset[str]:
    """SQL words that cannot stand as a bare column name everywhere."""
    rows = duckdb.sql("select keyword_name from duckdb_keywords() where keyword_category <> 'unreserved'").fetchall()
    return frozenset(word for (word,) in rows)


def plain_name(name: str) -> str:
    """Return `name` in lower-case snake case, made of a-z, 0-9 and underscores; never empty.

    >>> plain_name("Loan Amount (EUR)")
    'loan_amount_eur'
    """
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name) if not name.isupper() else name
    plain = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")
    return plain if plain[:1].isalpha() else f"column_{plain}".rstrip("_")


def free_name(name: str, taken: set[str]) -> str:
    """Return the plain form of `name`, changed where it is a SQL word, an internal name or in `taken`."""
    plain = plain_name(name)
    if plain in keywords() or plain in INTERNAL or re.fullmatch(r"(counts|low|high|sum|square_sum)_\d+", plain):
        plain += "_column"
    candidate, number = plain, 1
    while candidate in taken:
        number += 1
        candidate = f"{plain}_{number}"
    return candidate


def identifier(name: str) -> str:
    """Return `name` as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def jinja_text(text: str) -> str:
    """Return a Jinja string literal of `text`, in double quotes only where that saves escapes."""
    escaped = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text.replace("\\", "\\\\"))
    quote = '"' if "'" in escaped and '"' not in escaped else "'"
    return quote + escaped.replace(quote, f"\\{quote}") + quote


def yaml_text(text: str) -> str:
    """Return `text` as one YAML scalar for a flow mapping, without Jinja that dbt would run."""
    calm = text.replace("{", "(").replace("}", ")")
    if re.fullmatch(r"[A-Za-z][\w /.;-]*", calm, re.ASCII) and yaml.safe_load(calm) == calm:
        return calm
    return yaml.dump(calm, default_style='"', allow_unicode=True, width=10**9).strip()


def spoken(name: str) -> str:
    """Return a column name as messages and comments show it: quoted and on one line."""
    return json.dumps(name, ensure_ascii=not name.isprintable())
