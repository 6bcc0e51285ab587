"""The small network with a person of each role, for the tests of the pages of orders, Today and people."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "planning"))

from small import small_network

from becq.platform import clock
from becq.platform.accounts.models import Organisation, User
from becq.platform.market import services as market
from becq.platform.network import selectors as networks
from becq.platform.network import services as network_services

START = datetime(2026, 12, 7, 0, 0, tzinfo=UTC)
"""A Monday, 08:00 in Shanghai."""
PASSWORD = "correct horse battery"


class World:
    """``world.who("hospital", "near")`` is a person of the holder of a site; ``world.client(person)`` a client."""

    def __init__(self, client_class: Any) -> None:
        self.client_class = client_class
        self.admin = self._make("admin", "administrator", None, superuser=True)
        network_services.import_network(self.admin, small_network(), replace=True)
        office = Organisation.objects.create(code="office", name="Office", name_zh="办公室", kind="operator")
        bureau = Organisation.objects.create(
            code="bureau", name="Bureau", name_zh="监管局", kind="regulator", province="*"
        )
        self.planner = self._make("planner", "planner", office)
        self.regulator = self._make("regulator", "regulator", bureau)
        self.known: dict[str, User] = {}

    def _make(self, name: str, role: str, of: Any, *, superuser: bool = False, site_code: str = "") -> User:
        user = User(username=name, role=role, organisation=of, is_superuser=superuser, site_code=site_code)
        user.set_password(PASSWORD)
        user.save()
        return user

    def holder(self, site: str) -> Organisation:
        """Who holds a site."""
        found = networks.site(self.admin, site).organisation
        assert found is not None
        return found

    def who(self, role: str, site: str) -> User:
        """A person of the holder of a site."""
        name = f"{site}.{role}"
        if name not in self.known:
            self.known[name] = self._make(name, role, self.holder(site))
        return self.known[name]

    def client(self, person: User, language: str = "en", **options: Any) -> Any:
        """A client signed in."""
        client = self.client_class(**options)
        client.force_login(person)
        client.cookies["django_language"] = language
        return client

    def everybody(self) -> list[User]:
        """A person of each role."""
        return [
            self.admin,
            self.planner,
            self.regulator,
            self.who("planner", "reactor"),
            self.who("dispatcher", "pharmacy"),
            self.who("hospital", "near"),
            self.who("rso", "near"),
        ]

    def order(self, person: User | None = None, **changes: Any) -> Any:
        """An order of the near hospital for tomorrow morning."""
        fields = {
            "site": "near",
            "product": "fdg",
            "activity": "6 GBq",
            "earliest": "2026-12-08 07:00",
            "latest": "2026-12-08 09:00",
            "calibration": "2026-12-08 09:00",
        }
        return market.place_order(person or self.who("hospital", "near"), **{**fields, **changes})


def token(client: Any, address: str) -> str:
    """The CSRF token of a page."""
    page = client.get(address)
    assert page.status_code == 200
    return client.cookies["csrftoken"].value


@pytest.fixture
def world(db: None, client: Any) -> Iterator[World]:
    """The world, at START."""
    with clock.frozen(START):
        yield World(type(client))
