"""Setting the demo up: the network, the people, the plan, and the play."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from becq.chain.network import Network
from becq.errors import BecqError
from becq.platform import clock
from becq.platform.demo.account import summary
from becq.platform.demo.people import People
from becq.platform.demo.play import Play
from becq.platform.ledger import selectors as books
from becq.platform.network import selectors as networks
from becq.platform.network import services as network_services
from becq.platform.plans import services as plans
from becq.platform.plans.tasks import execute_plan

FIRST = date(2026, 12, 7)
PLANNED_DAYS = 14

Report = Callable[[str], None]


@dataclass(slots=True)
class Outcome:
    """What the demo came to."""

    now: datetime
    plan: str
    orders: int
    orders_served: int
    summary: dict[str, Any]
    done: Counter[str]
    problems: list[str]
    postings: int
    logins: list[tuple[str, str, str]]
    seconds: dict[str, float] = field(default_factory=dict)


def stage(
    network: Network,
    *,
    days: int,
    seed: int,
    report: Report,
    first: date = FIRST,
    planned_days: int = PLANNED_DAYS,
    time_limit_s: float = 20.0,
) -> Outcome:
    """Plan an empty installation and play ``days`` days of the plan; the clock then stands at the end."""
    spent: dict[str, float] = {}
    begun = time.monotonic()

    def lap(name: str) -> None:
        nonlocal begun
        spent[name] = time.monotonic() - begun
        begun = time.monotonic()

    midnight = datetime.combine(first, datetime.min.time(), network.zone)
    end = midnight + timedelta(days=days, hours=8)
    with clock.frozen(midnight - timedelta(hours=14)):
        people = People.open()
        network_services.import_network(people.admin, network, replace=True)
        lap("network")
        report(f"Planning {planned_days} days of {network.name} (up to {time_limit_s:.0f} s)")
        run = plans.request_plan(people.planner, first, planned_days, name="Demo", time_limit_s=time_limit_s)
        execute_plan.call(run.pk)
        run.refresh_from_db()
        if run.status != "done":
            raise BecqError(f"The plan of the demo is {run.status}: {run.error}")
        run = plans.commit_plan(people.planner, run)
        lap("plan")
    play = Play(network, people, seed)
    play.open_books()
    play.follow(run.code)
    _give_logins(people, run.result)
    report(f"Playing {days} days: {len(play.events)} runs and consignments are planned")
    play.run(
        end,
        lambda at, passed: report(f"  {at.astimezone(network.zone):%m-%d %H:%M}  {passed} events"),
    )
    lap("play")
    clock.set_now(end)
    report("Verifying the books")
    audit = books.audit(people.admin)
    found = summary(people.admin, end, run.code)
    lap("verify")
    return Outcome(
        end,
        run.code,
        run.orders or 0,
        run.orders_served or 0,
        found,
        play.done,
        audit.problems,
        audit.postings,
        people.logins,
        spent,
    )


def _give_logins(people: People, result: dict[str, Any]) -> None:
    """A person of each role where most happens: the busiest maker, pharmacy and hospital."""
    holders = {site.code: site.organisation for site in networks.sites(people.admin)}
    makers = Counter(
        row["site"]
        for row in result["batches"]
        if row["kind"] not in {"stock", "generator_elution", "accelerator_run"}
    )
    cyclotrons = Counter(row["site"] for row in result["batches"] if row["kind"] == "accelerator_run")
    hospitals = Counter(row["to"] for row in result["deliveries"])
    given = set()
    for counts, roles in (
        (makers, ("planner", "dispatcher", "rso")),
        (cyclotrons, ("planner", "dispatcher")),
        (hospitals, ("hospital", "rso")),
    ):
        for site, _ in counts.most_common():
            holder = holders[site]
            if holder is not None and holder.pk not in given:
                given.add(holder.pk)
                for role in roles:
                    people.with_login(role, holder)
                break
