"""Files that are written once and never over another."""

from __future__ import annotations

from pathlib import Path

__all__ = ["written"]


def written(folder: Path, files: dict[str, str]) -> tuple[list[str], list[str]]:
    """Write path -> text below `folder`; return the paths created, and those that existed and were left alone."""
    created, existing = [], []
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with target.open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
            created.append(path)
        except FileExistsError:
            existing.append(path)
    return created, existing
