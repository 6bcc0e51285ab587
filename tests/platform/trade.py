"""A small trade for the tests of execution: the small network, its people, and a clock that moves on."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "planning"))

from small import small_network

from becq.physics.decay import decay_factor
from becq.platform import clock
from becq.platform.accounts.models import Organisation, User
from becq.platform.ledger import audit
from becq.platform.ledger import selectors as books
from becq.platform.market import services as market
from becq.platform.network import selectors as networks
from becq.platform.network import services as networks_services
from becq.platform.production import services as production

START = datetime(2026, 12, 7, 0, 0, tzinfo=UTC)
"""A Monday, 08:00 in Shanghai."""
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TRADED = {"I-131", "Mo-99", "Tc-99m", "Lu-177", "F-18", "Ge-68", "Ga-68"}
GBQ = 1e9


class Trade:
    """Everybody who takes part. ``trade.reactor.planner`` is a person, ``trade.org("near")`` a holder."""

    def __init__(self, operator: User, person: Any) -> None:
        self.operator, self._person = operator, person
        self.people: dict[tuple[str, str], User] = {}
        with clock.frozen(START - DAY):
            networks_services.import_network(operator, small_network(), replace=True)
            office = Organisation.objects.create(code="office", name="Office", kind="operator")
            self.coordinator = person("planner", office)
            self.orders = market.materialise_standing_orders(operator, START.date(), 7)

    def org(self, site: str) -> Organisation:
        """Who holds a site."""
        holder = networks.site(self.operator, site).organisation
        assert holder is not None
        return holder

    def who(self, role: str, site: str) -> User:
        """The person of a role at the organisation of a site."""
        key = (role, site)
        if key not in self.people:
            self.people[key] = self._person(role, self.org(site))
        return self.people[key]

    @contextmanager
    def at(self, moment: datetime) -> Iterator[datetime]:
        """The present moment is ``moment``."""
        with clock.frozen(moment):
            yield moment

    def balance(self, lot: str, nuclide: str, account: str, at: datetime) -> float:
        """What an account holds of a lot."""
        rows = books.balances(self.operator, at, lot=lot, kind=None, minimum_bq=0.0)
        return sum(row.activity_bq for row in rows if (row.nuclide, row.account) == (nuclide, account))

    def total(self, nuclide: str, place: str, at: datetime) -> float:
        """What a nominal account of everybody together holds of a nuclide."""
        rows = books.balances(self.operator, at, nuclide=nuclide, kind="nominal", minimum_bq=0.0)
        return sum(row.activity_bq for row in rows if row.place == place)

    def check_books(self, *moments: datetime) -> None:
        """The sum over all accounts is zero for every nuclide at any time, and the books verify."""
        for at in (*moments, clock.now()):
            parts: dict[str, list[float]] = {}
            for row in books.balances(self.operator, at, kind=None, minimum_bq=0.0):
                parts.setdefault(row.nuclide, []).append(row.activity_bq)
            for nuclide in TRADED & set(parts):  # of progeny, traces are not shown everywhere
                own = parts[nuclide]
                assert abs(math.fsum(own)) <= 1e-9 * math.fsum(map(abs, own)) + 1e-6, (nuclide, at)
        report = audit.verify()
        assert report.ok, report.problems

    def batch(self, process: str, start: datetime, eob_bq: float, kept: float, **more: Any) -> dict[str, Any]:
        """A batch as a plan writes it, with the times of the process."""
        recipe = next(row for row in networks.processes(self.operator) if row.id == process)
        made = networks.product(self.operator, recipe.product)
        eob = start + timedelta(seconds=recipe.duration)
        release = eob + timedelta(seconds=recipe.processing_time + recipe.qc_time)
        at_release = eob_bq * kept * float(decay_factor(made.nuclide, (release - eob).total_seconds()))
        return {
            "id": f"{process}@{start:%Y%m%dT%H%MZ}",
            "process": process,
            "kind": recipe.kind,
            "site": recipe.site,
            "resource": recipe.resource,
            "product": recipe.product,
            "nuclide": made.nuclide,
            "start": start.isoformat(),
            "eob": eob.isoformat(),
            "release": release.isoformat(),
            "expires": (release + timedelta(seconds=made.shelf_life)).isoformat(),
            "activity_eob_bq": eob_bq,
            "activity_bq": at_release,
            "reference_time": release.isoformat(),
            "used_bq": at_release,
            "cost": recipe.cost,
            "inputs": [],
            "pinned": False,
        } | more

    def delivery(self, lot: dict[str, Any], order: str, to: str, depart: datetime, hours: float, bq: float,
                 **more: Any) -> dict[str, Any]:  # fmt: skip
        """A delivery as a plan writes it; its activity is at arrival."""
        arrive = depart + timedelta(hours=hours)
        legs = [{"lane": "road", "mode": "road", "from": lot["site"], "to": to,
                 "start": depart.isoformat(), "end": arrive.isoformat()}]  # fmt: skip
        return {
            "id": f"{order}<{lot['id']}",
            "order": order,
            "lot": lot["id"],
            "product": lot["product"],
            "nuclide": lot["nuclide"],
            "from": lot["site"],
            "to": to,
            "depart": depart.isoformat(),
            "arrive": arrive.isoformat(),
            "activity_bq": bq,
            "reference_time": arrive.isoformat(),
            "cost": 0.0,
            "legs": legs,
            "pinned": False,
        } | more

    def made(self, process: str, start: datetime, bq: float, kept: float = 1.0) -> tuple[Any, dict[str, Any]]:
        """A creating run, assayed and released at its planned times: its lot and its batch."""
        batch = self.batch(process, start, bq, kept)
        [run] = production.schedule_runs(self.coordinator, plan_code="P", batches=[batch])
        planner = self.who("planner", batch["site"])
        with self.at(run.planned_eob):
            lot = production.record_eob_assay(planner, run, measured_bq=bq)
        with self.at(run.planned_release):
            production.release(planner, run)
        lot.refresh_from_db()
        return lot, batch


@pytest.fixture
def trade(db: None, operator: Any, person: Any) -> Iterator[Trade]:
    """The small network with its people; the clock stands at START."""
    made = Trade(operator, person)
    with clock.frozen(START):
        yield made
