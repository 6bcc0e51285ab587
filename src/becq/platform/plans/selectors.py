"""What a person may know of plans.

The operator's people see every run. Others see committed plans, and of these what concerns their sites:
a hospital its own deliveries, a producer its own batches, a regulator those of its province.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from becq.errors import InputError
from becq.platform import clock
from becq.platform.accounts import policy
from becq.platform.accounts.models import User
from becq.platform.dispatch import selectors as dispatch
from becq.platform.market import selectors as market
from becq.platform.network import selectors as networks
from becq.platform.plans.input import horizon_orders, identify, orders_under_way, parts_that_left
from becq.platform.plans.models import PlanRun, RunStatus
from becq.platform.production import selectors as production

HEADLINE = ("orders", "orders_served", "served_fraction", "greedy_served_fraction", "gap", "cost", "solve_s")
_LARGE = ("result", "planned_orders", "changes")
_FACTS = (
    "code", "name", "first", "days", "status", "progress", "progress_text", "error", "pins", "draft_pins",
    "created_at", "finished_at", "committed_at", "purpose", "policy", "now", "events", "variations",
    "conflict", *HEADLINE,
)  # fmt: skip
_WHOLE = (
    "served_fraction", "gap", "cost", "cost_gap", "objective", "greedy_objective", "greedy_served_fraction",
    "lost_bq", "events", "notes", "scenario", "now", "fairness", "prices",
)  # fmt: skip
"""Parts of a plan that tell about everybody at once."""
STALLED_AFTER_S = 60.0


def runs(viewer: User, *, status: str = "", committed: bool | None = None) -> QuerySet[PlanRun]:
    """Runs that the viewer may see, newest first, without their results."""
    found = _visible(viewer)
    if status:
        if status not in RunStatus.values:
            raise InputError(f"Unknown status {status!r}; use one of {', '.join(RunStatus.values)}")
        found = found.filter(status=status)
    if committed is not None:
        found = found.filter(committed_at__isnull=not committed)
    return found.defer(*_LARGE)


def run(viewer: User, code: str) -> PlanRun:
    """One run by code.

    :raises InputError: if there is none that the viewer may see.
    """
    found = _visible(viewer).filter(code=code).first()
    if found is None:
        raise InputError(f"There is no plan '{code}'")
    return found


def plan_in_force(viewer: User) -> PlanRun | None:
    """The committed plan that covers today, else the one that comes next, else the latest one."""
    found = list(_visible(viewer).filter(committed_at__isnull=False, superseded_by=None).defer(*_LARGE))
    if not found:
        return None
    today = networks.network_head(viewer).zone
    day = clock.now().astimezone(today).date()
    covering = [row for row in found if row.first <= day < row.first + timedelta(days=row.days)]
    coming = sorted((row for row in found if row.first > day), key=lambda row: row.first)
    return (covering or coming or sorted(found, key=lambda row: row.first, reverse=True))[0]


def run_facts(viewer: User, row: PlanRun) -> dict[str, Any]:
    """A run without its plan, as plain data. Figures and pins, which tell about everybody, are None and
    empty for all but the operator's people.
    """
    facts = {name: getattr(row, name) for name in _FACTS} | {
        "base": row.base.code if row.base else None,
        "superseded_by": row.superseded_by.code if row.superseded_by else None,
    }
    if not policy.coordinates(viewer):
        facts |= dict.fromkeys(HEADLINE) | {
            "pins": {}, "draft_pins": {}, "base": None, "error": "", "events": [], "variations": [],
            "conflict": None,
        }  # fmt: skip
    return facts


def progress(viewer: User, code: str) -> dict[str, Any]:
    """What a page polls while a run is under way."""
    row = run(viewer, code)
    return {
        "code": row.code,
        "status": row.status,
        "progress": row.progress,
        "text": row.progress_text,
        "error": row.error,
        "finished": row.is_finished,
        "stalled": is_stalled(row),
    }


def is_stalled(row: PlanRun) -> bool:
    """True for a run whose worker has not been heard of for longer than a solve may take."""
    if row.status != RunStatus.RUNNING or row.heartbeat_at is None:
        return False
    return clock.now() - row.heartbeat_at > timedelta(seconds=row.time_limit_s + STALLED_AFTER_S)


@dataclass(frozen=True, slots=True)
class Changes:
    """What is not as it was when a plan was made."""

    network: bool = False
    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.network or self.new or self.gone or self.changed)


def changes(viewer: User, row: PlanRun) -> Changes:
    """The network and the orders of the horizon against those the plan was made of."""
    policy.require(viewer, "plan.read")
    if row.status != RunStatus.DONE:
        return Changes()
    head = networks.network_head(viewer)
    found = horizon_orders(viewer, head, row.first, row.days, over=True)
    sent = parts_that_left(viewer, found)
    now = {order.code: identify(order, sent.get(order.code)) for order in found}
    over = {order.code for order in found if order.latest < clock.now()}
    then = row.planned_orders
    return Changes(
        network=networks.require_meta(viewer).revision != row.network_revision,
        new=tuple(sorted(now.keys() - then.keys() - over)),
        gone=tuple(sorted(then.keys() - now.keys())),
        changed=tuple(sorted(code for code in now.keys() & then.keys() if now[code] != then[code])),
    )


def staleness(viewer: User, row: PlanRun) -> list[str]:
    """The same in sentences; a stale plan cannot be committed."""
    found = changes(viewer, row)
    reasons = []
    if found.network:
        reasons.append("the network has changed (sites, processes, lanes or outages)")
    for codes, what in ((found.new, "new"), (found.gone, "no longer open"), (found.changed, "changed")):
        if codes:
            named = ", ".join(codes[:5]) + (" ..." if len(codes) > 5 else "")
            reasons.append(f"{len(codes)} order{'s are' if len(codes) > 1 else ' is'} {what} ({named})")
    return reasons


def in_force(viewer: User) -> list[PlanRun]:
    """Committed plans that no other one has replaced."""
    found = _visible(viewer).filter(committed_at__isnull=False, superseded_by=None)
    return list(found.defer(*_LARGE).order_by("first"))


def begun_codes(viewer: User, by: datetime | None = None) -> set[str]:
    """Runs that should have begun by now (or ``by`` then) and have not been given up."""
    found = production.runs(viewer).filter(planned_start__lt=max(clock.now(), by) if by else clock.now())
    return set(found.exclude(status__in=["cancelled", "failed"]).values_list("code", flat=True))


def overlapping(viewer: User, row: PlanRun) -> list[PlanRun]:
    """Committed plans in force that cover a day of this one: committing it would take their place."""
    policy.require(viewer, "plan.read")
    end = row.first + timedelta(days=row.days)
    found = PlanRun.objects.filter(committed_at__isnull=False, superseded_by=None, first__lt=end)
    return [
        other
        for other in found.exclude(pk=row.pk).defer(*_LARGE).order_by("first")
        if other.first + timedelta(days=other.days) > row.first
    ]


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A committed plan of which a new one does not cover all that is left, and what is left."""

    plan: PlanRun
    first: date
    last: date


def uncovered(viewer: User, row: PlanRun) -> list[Uncovered]:
    """Committed plans in whose place this one cannot be put."""
    today = clock.now().astimezone(networks.network_head(viewer).zone).date()
    found = []
    for other in overlapping(viewer, row):
        begin, end = max(other.first, today), other.first + timedelta(days=other.days)
        if row.first > begin or row.first + timedelta(days=row.days) < end:
            found.append(Uncovered(other, begin, end - timedelta(days=1)))
    return found


def lost_promises(viewer: User, row: PlanRun) -> list[str]:
    """Orders confirmed today to which nothing would be promised any more."""
    policy.require(viewer, "plan.commit")
    served = {way["order"] for way in row.result["deliveries"]} if row.result else set()
    plans = [other.code for other in overlapping(viewer, row)]
    promised = market.orders(viewer, status="confirmed")
    withdrawn = set(promised.filter(plan_code__in=plans).values_list("code", flat=True))
    refused = {code for code in promised.values_list("code", flat=True) if code in row.planned_orders}
    return sorted((withdrawn | refused) - served - orders_under_way(viewer))


def past_starts(viewer: User, row: PlanRun) -> list[str]:
    """Starts and departures of a plan that have passed, and of which nothing has begun.

    What a plan made anew calls begun or sent is so where the books have a run or a consignment of it.
    """
    now, kept = clock.now(), begun_codes(viewer)
    result = row.result or {"batches": [], "deliveries": [], "supplies": []}
    going = set(
        dispatch.consignments(viewer).exclude(status="cancelled").values_list("order_code", "target_run")
        if row.now is not None
        else []
    )
    sent = {code for pair in going for code in pair if code}

    def is_past(way: dict[str, Any], what: str) -> bool:
        return datetime.fromisoformat(way[what]) < now

    def has_left(way: dict[str, Any]) -> bool:
        if way.get("state") != "sent":
            return False
        return way["order"] in sent or (way["order"] in ordered and way["order"] not in row.planned_orders)

    ordered = {way["order"] for way in result["deliveries"]}
    used = {
        way["lot"]
        for part in ("deliveries", "supplies")
        for way in result[part]
        if way.get("state") != "sent" and not is_past(way, "depart")
    }
    over = {
        batch["id"]
        for batch in result["batches"]
        if batch.get("state") in ("begun", "lost") and batch["id"] not in used
    }
    """Batches of the past from which nothing is to come: whatever became of them, nobody waits for it."""
    found = [
        batch["id"]
        for batch in result["batches"]
        if batch["kind"] not in ("stock", "free")
        and is_past(batch, "start")
        and batch["id"] not in kept | over
    ]
    found += [way["order"] for way in result["deliveries"] if is_past(way, "depart") and not has_left(way)]
    found += [
        f"{way['lot']} for {way['order']}"
        for way in result["supplies"]
        if is_past(way, "depart") and way["order"] not in kept | over and not has_left(way)
    ]
    return sorted(found)


def plan_document(viewer: User, row: PlanRun) -> dict[str, Any]:
    """The plan as pages draw it (``Plan.as_dict(network)``), as far as the viewer may see it.

    Beside the plan: code, title, status, draft_pins, committed_at, and ``whole`` (False where parts of
    others were left out, and figures about everybody with them).

    :raises InputError: the run has no result, or the viewer may not see it.
    """
    if not _visible(viewer).filter(pk=row.pk).exists():  # the plan of a country is not read twice
        raise InputError(f"There is no plan '{row.code}'")
    if row.result is None:
        raise InputError(f"Plan {row.code} is {row.status}; it has no result to show")
    document = dict(row.result)
    document |= {
        "code": row.code,
        "title": row.name,
        "status": row.status,
        "committed_at": row.committed_at.isoformat() if row.committed_at else None,
        "draft_pins": row.draft_pins,
        "whole": True,
    }
    return document if policy.coordinates(viewer) else _restrict(viewer, row, document)


def changes_seen(viewer: User, row: PlanRun) -> dict[str, list[dict[str, Any]]] | None:
    """What a plan made anew changed for whom (``planning.changes``), as far as the viewer may see it.

    None for a plan that was not made from another one.
    """
    row = run(viewer, row.code)
    if row.changes is None or policy.coordinates(viewer):
        found: dict[str, list[dict[str, Any]]] | None = row.changes
        return found
    own = networks.own_site_codes(viewer)
    return {part: [each for each in rows if each["site"] in own] for part, rows in row.changes.items()}


def compare(viewer: User, a: PlanRun, b: PlanRun) -> dict[str, Any]:
    """What differs between two plans, as far as the viewer may see both.

    ``headline`` is {figure: {"a", "b", "difference"}}; ``batches`` and ``deliveries`` have the ids only
    in a, only in b, and in both; ``orders`` those served in one only; ``products`` the served and ordered
    activity of each product.
    """
    one, two = plan_document(viewer, a), plan_document(viewer, b)
    return {
        "a": _label(a),
        "b": _label(b),
        "headline": {
            name: {"a": one.get(name), "b": two.get(name), "difference": _minus(two.get(name), one.get(name))}
            for name in HEADLINE
        },
        "batches": _sets(_ids(one["batches"]), _ids(two["batches"])),
        "deliveries": _sets(_ids(one["deliveries"]), _ids(two["deliveries"])),
        "orders": {
            "served_only_a": sorted(_served(one) - _served(two)),
            "served_only_b": sorted(_served(two) - _served(one)),
            "unmet_only_a": sorted(_unmet(one) - _unmet(two)),
            "unmet_only_b": sorted(_unmet(two) - _unmet(one)),
        },
        "products": _by_product(one, two),
    }


def _visible(viewer: User) -> QuerySet[PlanRun]:
    policy.require(viewer, "plan.read")
    found = PlanRun.objects.select_related("requested_by", "committed_by", "base", "superseded_by")
    return found if policy.coordinates(viewer) else found.filter(committed_at__isnull=False)


def _restrict(viewer: User, row: PlanRun, document: dict[str, Any]) -> dict[str, Any]:
    own = networks.own_site_codes(viewer)
    seen = {code for code, order in row.planned_orders.items() if order["site"] in own}
    batches = [batch for batch in document["batches"] if batch["site"] in own]
    # What a lane costs is not theirs to see (network.selectors.lanes hides it too).
    deliveries, supplies = (
        [{**way, "cost": None} for way in document[section] if way["from"] in own or way["to"] in own]
        for section in ("deliveries", "supplies")
    )
    unmet = [entry for entry in document["unmet"] if entry["site"] in own]
    made = {batch["id"] for batch in batches}
    carried = {(way["lot"], way["order"]) for way in (*deliveries, *supplies)}
    moves = [
        move
        for move in document["moves"]
        if ((move["lot"], move["order"]) in carried if "order" in move else move["lot"] in made)
    ]
    restricted = {name: value for name, value in document.items() if name not in _WHOLE}
    restricted |= {
        "batches": batches,
        "deliveries": deliveries,
        "supplies": supplies,
        "moves": moves,
        "unmet": unmet,
        "orders": len(seen),
        "orders_served": len(seen - {entry["order"] for entry in unmet}),
        "resources": [resource for resource in document.get("resources", ()) if resource["site"] in own],
        "pins": {},
        "draft_pins": {},
        "whole": False,
    }
    restricted["served_activity_bq"] = _sum(
        (delivery for delivery in deliveries if delivery["order"] in seen), "activity_bq"
    )
    restricted.pop("ordered_activity_bq", None)
    return restricted


def _sum(rows: Iterable[dict[str, Any]], figure: str) -> dict[str, float]:
    found: dict[str, float] = defaultdict(float)
    for row in rows:
        found[row["nuclide"]] += row[figure]
    return dict(sorted(found.items()))


def _label(row: PlanRun) -> dict[str, Any]:
    return {"code": row.code, "title": row.name, "first": row.first.isoformat(), "days": row.days}


def _minus(b: Any, a: Any) -> Any:
    return b - a if isinstance(a, int | float) and isinstance(b, int | float) else None


def _ids(rows: Iterable[dict[str, Any]]) -> set[str]:
    return {row["id"] for row in rows}


def _sets(a: set[str], b: set[str]) -> dict[str, list[str]]:
    return {"only_a": sorted(a - b), "only_b": sorted(b - a), "both": sorted(a & b)}


def _served(document: dict[str, Any]) -> set[str]:
    return {row["order"] for row in document["deliveries"]} - _unmet(document)


def _unmet(document: dict[str, Any]) -> set[str]:
    return {row["order"] for row in document["unmet"]}


def _by_product(one: dict[str, Any], two: dict[str, Any]) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = defaultdict(
        lambda: {"served_a_bq": 0.0, "served_b_bq": 0.0, "short_a_bq": 0.0, "short_b_bq": 0.0}
    )
    for name, document in (("a", one), ("b", two)):
        for row in document["deliveries"]:
            found[row["product"]][f"served_{name}_bq"] += row["activity_bq"]
        for row in document["unmet"]:
            found[row["product"]][f"short_{name}_bq"] += row["short_bq"]
    return dict(sorted(found.items()))
