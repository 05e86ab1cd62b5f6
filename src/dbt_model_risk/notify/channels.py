"""The configured services by route. An address holds secrets: it is neither printed nor stored."""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote

from dbt_model_risk.errors import UserError

__all__ = ["Channels", "Target", "configured"]

SHORTEST_SECRET = 5


class Target(Protocol):
    """One service with one address."""

    name: str

    def send(self, *, title: str, body: str, kind: str) -> str | None:
        """Send a message; return None, or what went wrong."""


class Channels(Protocol):
    """The targets of a route."""

    def targets(self, route_id: str) -> dict[str, Target]:
        """Return name -> target of the services that carry the route's name as a tag."""


def configured(file: Path | None, text: str | None) -> Channels:
    """Return the services of an Apprise configuration: a file, or else the text of one.

    Raises
    ------
    UserError
        Where there is none, or Apprise does not understand all of it.
    """
    from apprise import Apprise, AppriseConfig  # takes a second to load

    if file is None and not text:
        raise UserError(
            "No configuration of services. Name one with --config notify.yml, or put its text into the environment "
            "variable DBT_MODEL_RISK_NOTIFY; docs/alerts.md shows one."
        )
    config = AppriseConfig()
    with heard() as messages:
        is_read = config.add(str(file)) if file else config.add_config(text)
        services = Apprise()
        is_read = is_read and services.add(config) and len(services) > 0
    if not is_read or messages:
        raise UserError(
            f"Apprise does not understand {file or 'DBT_MODEL_RISK_NOTIFY'}, or not all of it. Check each address and "
            "its tags with: apprise --dry-run --config FILE --tag ROUTE."
        )
    return Services(services)


class Services:
    """Channels of Apprise."""

    def __init__(self, services: Any) -> None:
        self.services = services

    def targets(self, route_id: str) -> dict[str, Target]:
        found = [Service(service) for service in self.services.find(route_id)]
        return {service.name: service for service in found}


class Service:
    """A target of Apprise."""

    def __init__(self, service: Any) -> None:
        self.service = service
        address = service.url(privacy=False)
        self.name = f"{address.partition(':')[0]}-{service.url_id()}"
        parts = re.split(r"[/:@?&=#,]+", address)
        self.secrets = sorted({part for raw in parts for part in (raw, unquote(raw))}, key=len, reverse=True)

    def send(self, *, title: str, body: str, kind: str) -> str | None:
        with heard() as messages:
            try:
                if self.service.notify(title=title, body=body, notify_type=kind):
                    return None
            except Exception as error:  # whatever a plugin does, the other services are served
                messages.append(f"{type(error).__name__}: {error}")
        return self.masked(messages[-1]) if messages else "the service did not take the message"

    def masked(self, message: str) -> str:
        """Return the message without any part of the address."""
        for secret in self.secrets:
            if len(secret) >= SHORTEST_SECRET:
                message = message.replace(secret, "***")
        return message


@contextlib.contextmanager
def heard() -> Iterator[list[str]]:
    """Collect what Apprise warns of, in place of showing it."""
    messages: list[str] = []
    logger = logging.getLogger("apprise")
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda entry: messages.append(entry.getMessage())
    was_passed_on, logger.propagate = logger.propagate, False
    logger.addHandler(handler)
    try:
        yield messages
    finally:
        logger.removeHandler(handler)
        logger.propagate = was_passed_on
