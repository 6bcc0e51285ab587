"""What the tests of the pages of the chain share: the small trade, people at their desks, a lot on its way."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "platform"))

import pytest
from django.test import Client
from trade import DAY, GBQ, HOUR, START, Trade

from becq.platform import clock
from becq.platform.accounts.models import User
from becq.platform.dispatch import services as dispatch
from becq.platform.production import services as production

__all__ = [
    "DAY",
    "GBQ",
    "HOUR",
    "LANGUAGES",
    "ROLES",
    "START",
    "ChainOfLots",
    "Desk",
    "errors_of",
    "hire",
    "trade",
]

LANGUAGES = ("en", "zh-hans")
ROLES = ("planner", "dispatcher", "hospital", "rso", "regulator", "administrator")
ORDER = "i-near.20261211"

_number = count(1)


def hire(role: str, of: Any = None, *, superuser: bool = False) -> User:
    """A new person."""
    return User.objects.create_user(
        f"{role or 'nobody'}{next(_number)}", role=role, organisation=of, is_superuser=superuser
    )


@pytest.fixture
def trade(db: None) -> Iterator[Trade]:
    """The small network with its people; the clock stands at START."""
    made = Trade(hire("administrator", superuser=True), hire)
    with clock.frozen(START):
        yield made


class Desk:
    """A person in front of the pages, whose forms need the token that the page gave."""

    def __init__(self, user: Any, language: str = "en") -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.client.force_login(user)
        self.client.cookies["django_language"] = language

    def get(self, address: str, status: int = 200) -> str:
        answer = self.client.get(address)
        assert answer.status_code == status, (address, answer.status_code)
        return answer.content.decode()

    def send(self, address: str, do: str, *, done: bool = True, **values: Any) -> str:
        """Fill in the form ``do`` of a page; the page that follows, or (not done) the same with its errors."""
        page = self.get(address)
        assert f'name="do" value="{do}"' in page, f"no form {do} on {address}"
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
        answer = self.client.post(address, {"csrfmiddlewaretoken": token, "do": do, **values})
        if not done:
            assert answer.status_code == 200, answer.status_code
            return answer.content.decode()
        assert answer.status_code == 302, errors_of(answer.content.decode())
        return self.get(answer["Location"].partition("#")[0])


def errors_of(page: str) -> list[str]:
    """What stands beside the fields."""
    found = re.findall(r'<div class="error" id="[^"]*">.*?<span>(.*?)</span>', page, re.S)
    return found + re.findall(r'<div class="notice blocked" role="alert">.*?<p>(.*?)</p>', page, re.S)


class ChainOfLots:
    """A planned I-131 run at the reactor, and its planned consignment to a hospital."""

    def __init__(self, trade: Trade) -> None:
        self.trade = trade
        self.batch = trade.batch("irr-i131", START, 30 * GBQ, 0.9)
        [self.run] = production.schedule_runs(trade.coordinator, plan_code="P", batches=[self.batch])
        self.depart = START + 3 * DAY
        row = trade.delivery(self.batch, ORDER, "near", self.depart, 3.0, 8 * GBQ)
        [self.consignment] = dispatch.schedule_consignments(
            trade.coordinator, plan_code="P", deliveries=[row], supplies=[]
        )
        self.run_page = f"/production/{self.run.code}/"
        self.way_page = f"/consignments/{self.consignment.code}/"
        self.package = f"{self.run.code}-01"

    def desk(self, role: str, site: str, language: str = "en") -> Desk:
        return Desk(self.trade.who(role, site), language)

    def make(self) -> None:
        """Assayed and released, by the services."""
        planner = self.trade.who("planner", "reactor")
        with self.trade.at(self.run.planned_eob):
            production.record_eob_assay(planner, self.run, measured_bq=30 * GBQ, relative_uncertainty=0.03)
        with self.trade.at(self.run.planned_release):
            production.release(planner, self.run)

    def send(self, bq: float = 8.1 * GBQ) -> None:
        """Made and under way."""
        self.make()
        with self.trade.at(self.depart):
            self.consignment = dispatch.dispatch(
                self.trade.who("dispatcher", "reactor"), self.consignment, activity_bq=bq
            )

    def receive(self) -> None:
        """Made, sent and received."""
        self.send()
        with self.trade.at(self.consignment.planned_arrive):
            self.consignment = dispatch.receive(self.trade.who("hospital", "near"), self.consignment)
