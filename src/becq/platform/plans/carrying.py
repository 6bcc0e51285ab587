"""What of a plan is carried out, and what its events bring into books and network when it is.

A plan made anew holds the past as well: batches that are lost, orders that have been delivered. Only what is
to come, and what has begun and stands in the books, is scheduled again. Urgent orders of its events are
placed, and outages declared, by the commit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from becq.chain.order import parts_said
from becq.errors import ConflictError
from becq.planning.events import OutageEvent, RushOrder, Scenario
from becq.planning.plan import counted_bq
from becq.platform.accounts.models import Organisation, User
from becq.platform.market import selectors as market
from becq.platform.market import services as ordering
from becq.platform.network import selectors as networks
from becq.platform.network import services as network_services
from becq.platform.plans.input import identify, parts_that_left
from becq.platform.plans.models import PlanRun

Rows = list[dict[str, Any]]


def to_carry_out(run: PlanRun, begun: Collection[str] = ()) -> dict[str, Rows]:
    """The batches, deliveries and supplies of a plan that are scheduled when it is committed.

    :param begun: batches of the past that the books know as begun and not given up; the others of a plan made
        anew stay as the books have them.

    :raises ConflictError: a package lies where nobody holds it, and the plan sends it on: that is arranged
        with the carrier, not in the books.
    """
    result: Mapping[str, Any] = run.result or {}
    free = {row["id"] for row in result["batches"] if row["kind"] == "free"}
    moved = [
        row["order"] for part in ("deliveries", "supplies") for row in result[part] if row["lot"] in free
    ]
    if moved:
        named = ", ".join(moved[:3]) + (" ..." if len(moved) > 3 else "")
        raise ConflictError(
            f"Plan {run.code} sends on packages that are under way ({named}). Arrange that with the carrier, "
            "receive or write them off, and plan again"
        )
    lost = {
        row["id"]
        for row in result["batches"]
        if row.get("state") == "lost" or (row.get("state") == "begun" and row["id"] not in begun)
    }
    return {
        "batches": [row for row in result["batches"] if row["id"] not in lost | free],
        "deliveries": [row for row in result["deliveries"] if row["order"] in run.planned_orders],
        "supplies": [
            row for row in result["supplies"] if row["order"] not in lost and row["lot"] not in lost
        ],
    }


def left_before(run: PlanRun) -> list[tuple[str, str]]:
    """(order, lot) of what a plan made anew says has left to orders whose window is over."""
    return [
        (row["order"], row["lot"])
        for row in (run.result or {}).get("deliveries", [])
        if row.get("state") == "sent" and row["order"] not in run.planned_orders
    ]


def answers_of(actor: User, run: PlanRun) -> list[ordering.Answer]:
    """One answer for each open order of the plan: what it gets, or why not, or why less."""
    result: Mapping[str, Any] = run.result or {}
    holders = {site.code: site.organisation for site in networks.sites(actor)}
    unmet = {row["order"]: row for row in result["unmet"]}
    served: dict[str, Rows] = defaultdict(list)
    for row in result["deliveries"]:
        served[row["order"]].append(row)
    before = _left_of(actor, run, served)
    answers = []
    for order, rows in served.items():
        last = max(rows, key=lambda row: datetime.fromisoformat(row["arrive"]))
        answers.append(
            ordering.Answer(
                order,
                activity_bq=sum(counted_bq(row) for row in rows) + before.pop(order, 0.0),
                lot=last["lot"],
                arrival=datetime.fromisoformat(last["arrive"]),
                supplier=holders.get(last["from"]),
                parts=_parts(rows),
                co_suppliers=_others(holders, rows, last["from"]),
                **_reason(unmet.get(order)),
            )
        )
    answers += [
        ordering.Answer(code, activity_bq=before.pop(code, None), **_reason(row))
        for code, row in unmet.items()
        if code not in served
    ]
    answers += [ordering.Answer(code, activity_bq=activity) for code, activity in before.items()]
    return [answer for answer in answers if answer.order in run.planned_orders]


def _left_of(actor: User, run: PlanRun, served: Mapping[str, Rows]) -> dict[str, float]:
    """Order in parts → what of it had left and is not among the deliveries of the plan, Bq."""
    orders = market.orders(actor).filter(code__in=list(run.planned_orders), split=True)
    return {
        code: sent.counts_bq
        for code, sent in parts_that_left(actor, orders).items()
        if not any(row.get("state") == "sent" for row in served.get(code, ()))
    }


def _parts(rows: Rows) -> tuple[dict[str, Any], ...]:
    """What comes to an order in several parts or as another product; nothing where one delivery is all."""
    if len(rows) == 1 and not rows[0].get("instead_of"):
        return ()
    return tuple(
        {
            "lot": row["lot"],
            "product": row["product"],
            "activity_bq": row["activity_bq"],
            "counts_bq": counted_bq(row),
            "arrival": row["arrive"],
        }
        for row in sorted(rows, key=lambda row: (datetime.fromisoformat(row["arrive"]), row["id"]))
    )


def _others(holders: Mapping[str, Organisation | None], rows: Rows, first: str) -> tuple[Organisation, ...]:
    """Who supplies parts besides the supplier of one site."""
    found = {holder.pk: holder for row in rows if (holder := holders.get(row["from"])) is not None}
    named = holders.get(first)
    return tuple(holder for key, holder in sorted(found.items()) if named is None or key != named.pk)


def _reason(row: Mapping[str, Any] | None) -> dict[str, str]:
    if row is None:
        return {}
    return {"reason": row["reason"], "sentence": row["sentence"], "sentence_zh": row["sentence_zh"]}


def place_rush_orders(actor: User, run: PlanRun) -> list[str]:
    """Place the urgent orders of the plan's events that nobody has placed yet."""
    if not run.result:
        return []
    events = Scenario.model_validate({"events": run.result.get("events") or []}).events
    rush = [event.order for event in events if isinstance(event, RushOrder)]
    booked = set(
        market.orders(actor).filter(code__in=[order.id for order in rush]).values_list("code", flat=True)
    )
    head = networks.network_head(actor)
    placed = []
    for order in rush:
        if order.id in booked:
            continue
        made = ordering.place_order(
            actor,
            site=order.site,
            product=order.product,
            activity=order.activity,
            calibration=head.instant(order.calibration),
            earliest=head.instant(order.earliest),
            latest=head.instant(order.latest),
            tolerance=order.tolerance,
            priority=order.priority,
            partial=order.partial,
            patients=order.patients,
            **parts_said(order),
            note=f"Plan {run.code}",
            code=order.id,
        )
        run.planned_orders[made.code] = identify(made)
        placed.append(made.code)
    if placed:
        run.save(update_fields=["planned_orders"])
    return placed


def declare_outages(actor: User, run: PlanRun) -> int:
    """Declare the outages of resources that the plan's events tell of and the network does not know."""
    if not run.result:
        return 0
    events = Scenario.model_validate({"events": run.result.get("events") or []}).events
    head = networks.network_head(actor)
    known = {(row.resource, row.start, row.end) for row in networks.outages(actor)}
    declared = 0
    for event in events:
        if not isinstance(event, OutageEvent) or event.resource is None:
            continue
        start, end = head.instant(event.start), head.instant(event.end)
        if (event.resource, start, end) not in known:
            network_services.declare_outage(actor, event.resource, start, end, event.reason)
            declared += 1
    return declared
