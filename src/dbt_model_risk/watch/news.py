"""What may have arrived in a log: files in its folders, rows in its tables."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path

__all__ = ["FolderNews", "file_patterns", "log_sources"]

QUOTED = re.compile(r"'((?:[^']|'')*)'")
FILE_NAME = re.compile(r"[*?]|\.(parquet|csv|tsv|json|ndjson|jsonl)(\.\w+)?$", re.IGNORECASE)
Snapshot = dict[str, tuple[int, ...]]


class FolderNews:
    """Files by name, time and size, and a number per table.

    Parameters
    ----------
    patterns
        Globs of files; a folder stands for everything in it.
    row_counts
        Returns the rows of each table that is watched.
    """

    def __init__(self, patterns: Iterable[str], row_counts: Callable[[], Snapshot] = dict) -> None:
        self.patterns = tuple(f"{pattern}/**" if os.path.isdir(pattern) else pattern for pattern in patterns)
        self.row_counts = row_counts
        self.known: Snapshot = {}
        self.seen: Snapshot = {}

    def remember(self) -> None:
        """Take what is there now as known."""
        self.known = self.seen = self.found()

    def look(self) -> tuple[bool, bool]:
        """Return whether anything is new or changed, and whether it is as it was at the look before.

        What went away is no news.
        """
        before, self.seen = self.seen, self.found()
        return any(self.known.get(name) != found for name, found in self.seen.items()), self.seen == before

    def found(self) -> Snapshot:
        """Return what is there now."""
        return {**dict(files(self.patterns)), **self.row_counts()}


def files(patterns: Iterable[str]) -> Iterable[tuple[str, tuple[int, int]]]:
    """Yield files and their time and size; what is hidden or still being written by its name is left out."""
    for pattern in patterns:
        for name in glob.iglob(pattern, recursive=True):
            base = os.path.basename(name)
            if base.startswith((".", "_")) or base.endswith(".tmp"):
                continue
            try:
                status = os.stat(name)
            except OSError:
                # Renamed or removed since it was listed.
                continue
            if not os.path.isdir(name):
                yield name, (status.st_mtime_ns, status.st_size)


def file_patterns(location: str, project: Path) -> list[str]:
    """Return the globs of local files in an external location: a path, or a call such as read_parquet('...').

    Relative paths count from the project. An address (s3://, https://) cannot be watched and is left out.
    """
    is_plain = "(" not in location and "'" not in location
    texts = [location] if is_plain else [text.replace("''", "'") for text in QUOTED.findall(location)]
    paths = [text for text in texts if FILE_NAME.search(text) and "://" not in text]
    return [str(project / path) for path in paths]


def log_sources(parents: dict[str, list[str]], staging: Iterable[str]) -> list[str]:
    """Return the ids of the sources that staging models rest on, whatever lies between.

    Parameters
    ----------
    parents
        dbt's parent map.
    staging
        Ids of staging models.
    """
    found, waiting, done = set(), list(staging), set()
    while waiting:
        node = waiting.pop()
        if node in done:
            continue
        done.add(node)
        found.update({node} if node.startswith("source.") else set())
        waiting.extend(parents.get(node, []))
    return sorted(found)
