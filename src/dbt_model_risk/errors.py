"""What a user can put right: one line that says what is wrong and what to do."""

from __future__ import annotations

import click

__all__ = ["UserError"]


class UserError(click.ClickException):
    """A mistake that the message explains; the command ends with exit code 1 and no traceback."""
