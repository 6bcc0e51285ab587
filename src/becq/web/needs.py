"""What needs a person now, and what is about to go wrong: the queue and the alarms of the page Today."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from becq.physics.quantities import format_activity, format_duration
from becq.platform import clock
from becq.platform.accounts import policy
from becq.platform.clinic import selectors as clinic
from becq.platform.dispatch import selectors as dispatch
from becq.platform.ledger import selectors as books
from becq.platform.market import selectors as market
from becq.platform.market.models import Status
from becq.platform.network import selectors as network
from becq.platform.plans import selectors as plans
from becq.platform.production import selectors as production
from becq.platform.waste import selectors as waste
from becq.web import directory, frame
from becq.web.filing_needs import filing_lines

AHEAD = timedelta(hours=24)
ORDERS_AHEAD = timedelta(hours=48)
RECEIPTS_BACK = timedelta(days=7)
EXPIRES_WITHIN = timedelta(hours=4)
LARGE_DIFFERENCE = 0.10
"""A receipt that differs by more than this share of what the books expected wants an explanation."""
NEAR_LIMIT = 0.8
MOST = 200


@dataclass(slots=True)
class Need:
    """One line of the queue. ``due`` is when it is, or turns into, trouble."""

    due: datetime
    what: str
    kind: str
    code: str
    site: Any = None
    href: str = ""
    action: str = ""
    detail: str = ""
    tone: str = field(default="", init=False)

    def time_words(self, now: datetime) -> str:
        """“late by 25 min”, “in 1 h 20 min”."""
        seconds = (self.due - now).total_seconds()
        if seconds < -59:
            return _("late by %(time)s") % {"time": format_duration(_minutes(-seconds))}
        if seconds < 60:
            return _("now")
        return _("in %(time)s") % {"time": format_duration(_minutes(seconds))}


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that goes wrong, for those who see it: a tone, a word, a sentence, where to look."""

    tone: str
    word: str
    sentence: str
    href: str = ""


def _minutes(seconds: float) -> float:
    return 60.0 * round(seconds / 60)


def address(name: str, *args: Any, query: str = "") -> str:
    """The address of a page, "" where there is none."""
    try:
        return reverse(name, args=args) + query
    except NoReverseMatch:
        return ""


# --- the queue ------------------------------------------------------------------------------------


def needs(request: HttpRequest) -> list[Need]:
    """Everything that waits for this person, the most urgent first.

    An administrator does nothing in the chain, even one who, as a superuser, might do all of it.
    """
    if getattr(request.user, "role", "") == "administrator":
        return []
    now = clock.now()
    found: list[Need] = []
    for source in (_runs, _to_dispatch, _to_receive, _to_take_back, _doses, _waste, _orders, _lots):
        found += source(request, now)
    found += [Need(kind="rules", **line) for line in filing_lines(request)]
    for each in found:
        late = each.due < now
        each.tone = "attention" if late else "active" if each.due < now + timedelta(hours=1) else "planned"
    return sorted(found, key=lambda each: (each.due, each.code))[:MOST]


def _here(request: HttpRequest, rows: Iterable[Any], path: str = "site_code") -> Iterator[Any]:
    """The rows of the site chosen in the top bar."""
    chosen = frame.site(request)
    for row in rows:
        if chosen is None or getattr(row, path) == chosen.code:
            yield row


def _runs(request: HttpRequest, now: datetime) -> Iterator[Need]:
    viewer: Any = request.user
    chosen = frame.site(request)
    for due in production.runs_due(viewer):
        run = due["run"]
        action = f"production.{due['action']}"
        if chosen is not None and run.site_code != chosen.code:
            continue
        if not policy.may(viewer, action, organisation=run.organisation, site=run.site_code):
            continue
        assay = due["action"] == "assay"
        yield Need(
            due["due"],
            _("Measure at end of bombardment") if assay else _("Release"),
            "lot",
            run.code,
            directory.site(request, run.site_code),
            address("run", run.code),
            _("Assay") if assay else _("Release"),
            _("%(product)s, expected %(activity)s")
            % {
                "product": directory.product(request, run.product),
                "activity": format_activity(due["expected_bq"], frame.units(request)),
            },
        )


def _to_dispatch(request: HttpRequest, now: datetime) -> Iterator[Need]:
    viewer: Any = request.user
    for row in _here(request, dispatch.to_dispatch(viewer, within=timedelta(hours=12))[:MOST], "from_site"):
        if policy.may(viewer, "dispatch.dispatch", organisation=row.from_organisation, site=row.from_site):
            yield Need(
                row.planned_depart,
                _("Dispatch"),
                "consignments",
                row.code,
                directory.site(request, row.from_site),
                address("consignment", row.code),
                _("Dispatch"),
                _("to %(site)s") % {"site": _name(request, row.to_site)},
            )


def _to_receive(request: HttpRequest, now: datetime) -> Iterator[Need]:
    viewer: Any = request.user
    for row in _here(request, dispatch.to_receive(viewer)[:MOST], "to_site"):
        if policy.may(viewer, "dispatch.receive", organisation=row.to_organisation, site=row.to_site):
            predicted = format_activity(dispatch.predicted_bq(row, row.expected_arrive), frame.units(request))
            yield Need(
                row.expected_arrive,
                _("Receive and measure"),
                "consignments",
                row.code,
                directory.site(request, row.to_site),
                address("consignment", row.code),
                _("Receive"),
                _("%(product)s, %(activity)s on arrival")
                % {"product": directory.product(request, row.product), "activity": predicted},
            )


def _to_take_back(request: HttpRequest, now: datetime) -> Iterator[Need]:
    viewer: Any = request.user
    for row in _here(request, dispatch.to_take_back(viewer)[:MOST], "from_site"):
        if policy.may(viewer, "dispatch.dispatch", organisation=row.from_organisation, site=row.from_site):
            yield Need(
                row.received_at or row.expected_arrive,
                _("Take back what was rejected"),
                "consignments",
                row.code,
                directory.site(request, row.from_site),
                address("consignment", row.code),
                _("Take back"),
            )


def _doses(request: HttpRequest, now: datetime) -> Iterator[Need]:
    viewer: Any = request.user
    for row in _here(request, clinic.doses_waiting(viewer)[:MOST]):
        if policy.may(viewer, "clinic.administer", organisation=row.organisation, site=row.site_code):
            yield Need(
                row.at + timedelta(minutes=30),
                _("Give the dose"),
                "lot",
                row.code,
                directory.site(request, row.site_code),
                address("dose", row.code) or address("clinic"),
                _("Give"),
                _("patient %(code)s, drawn with %(activity)s")
                % {
                    "code": row.patient_code,
                    "activity": format_activity(row.activity_bq, frame.units(request)),
                },
            )


def _waste(request: HttpRequest, now: datetime) -> Iterator[Need]:
    """One line for each container: clearing is done by the container."""
    viewer: Any = request.user
    containers: dict[tuple[str, str], list[Any]] = {}
    for row in _here(request, waste.clearable(viewer)):
        if policy.may(viewer, "waste.clear", organisation=row.organisation, site=row.site_code):
            containers.setdefault((row.site_code, row.container or row.code), []).append(row)
    for (site, container), rows in containers.items():
        number = ngettext("%(n)s piece may be cleared", "%(n)s pieces may be cleared", len(rows))
        yield Need(
            min(row.clear_from for row in rows),
            _("Clear waste"),
            "lot",
            container,
            directory.site(request, site),
            address("waste"),
            _("Clear"),
            number % {"n": len(rows)},
        )


def _orders(request: HttpRequest, now: datetime) -> Iterator[Need]:
    """Orders of the next days that are short, late, or drafts whose window comes near."""
    viewer: Any = request.user
    if not policy.may(viewer, "order.place"):
        return
    soon = market.orders(viewer).filter(latest__gte=now, earliest__lt=now + ORDERS_AHEAD)
    trouble = soon.filter(market.SHORT) | soon.filter(status=Status.DRAFT)
    for row in _here(request, trouble[:MOST]):
        if not policy.may(viewer, "order.place", organisation=row.customer, site=row.site_code):
            continue
        draft = row.status == Status.DRAFT
        reason = (frame.is_chinese() and row.unmet_sentence_zh) or row.unmet_sentence
        yield Need(
            row.latest,
            _("Draft not placed")
            if draft
            else _("Order without activity")
            if row.status == Status.UNMET
            else _("Order short"),
            "order",
            row.code,
            directory.site(request, row.site_code),
            address("order", row.code),
            _("Place") if draft else _("Amend"),
            reason or directory.product(request, row.product_code),
        )


def _lots(request: HttpRequest, now: datetime) -> Iterator[Need]:
    """Lots at hand that expire soon, for those who could still use them."""
    viewer: Any = request.user
    may_use = [action for action in ("dispatch.dispatch", "clinic.dispense") if policy.may(viewer, action)]
    if not may_use or viewer.organisation_id is None:
        return
    expiring = production.lots_at_hand(viewer).filter(
        expires__lt=now + EXPIRES_WITHIN, organisation=viewer.organisation_id
    )
    rows = list(_here(request, expiring[:MOST]))
    if not rows:
        return
    held: dict[str, float] = {}
    for balance in books.balances(viewer, now, lots=[row.code for row in rows], progeny=False):
        if not balance.place.endswith("/waste"):
            held[balance.lot] = held.get(balance.lot, 0.0) + balance.activity_bq
    for row in rows:
        if held.get(row.code, 0.0) > 1e6:
            yield Need(
                row.expires,
                _("Lot expires"),
                "lot",
                row.code,
                directory.site(request, row.site_code),
                address("ledger-lot", row.code),
                _("Look"),
                _("%(product)s, %(activity)s left")
                % {
                    "product": directory.product(request, row.product),
                    "activity": format_activity(held[row.code], frame.units(request)),
                },
            )


def _name(request: HttpRequest, code: str) -> str:
    return frame.named(directory.site(request, code), code)


# --- the alarms -----------------------------------------------------------------------------------


def alarms(request: HttpRequest) -> list[Alarm]:
    """What goes wrong within sight of this person, one line for each kind, the worst first."""
    now = clock.now()
    found = [
        *_late_on_the_way(request, now),
        *_unmet(request, now),
        *_differences(request, now),
        *_licences(request, now),
        *_failed_plans(request, now),
    ]
    return sorted(found, key=lambda each: each.tone != "blocked")


def _late_on_the_way(request: HttpRequest, now: datetime) -> Iterator[Alarm]:
    viewer: Any = request.user
    rows = dispatch.consignments(viewer)
    for late, word, sentence in (
        (
            rows.filter(status="planned", planned_depart__lt=now - timedelta(minutes=15)).order_by(
                "planned_depart"
            ),
            _("Late"),
            lambda n: ngettext(
                "%(n)s consignment has not left on time, late by %(time)s: %(code)s",
                "%(n)s consignments have not left on time, the first by %(time)s: %(code)s",
                n,
            ),
        ),
        (
            rows.filter(status="dispatched", expected_arrive__lt=now - timedelta(minutes=15)).order_by(
                "expected_arrive"
            ),
            _("Late"),
            lambda n: ngettext(
                "%(n)s consignment is not received, overdue by %(time)s: %(code)s",
                "%(n)s consignments are not received, the first overdue by %(time)s: %(code)s",
                n,
            ),
        ),
    ):
        number = late.count()
        if number:
            first = late[0]
            since = first.planned_depart if first.status == "planned" else first.expected_arrive
            text = sentence(number) % {
                "n": number,
                "time": format_duration(_minutes((now - since).total_seconds())),
                "code": first.code,
            }
            yield Alarm("attention", word, text, address("consignment", first.code))


def _unmet(request: HttpRequest, now: datetime) -> Iterator[Alarm]:
    viewer: Any = request.user
    soon = market.orders(viewer).filter(latest__gte=now, earliest__lt=now + ORDERS_AHEAD)
    unmet = soon.filter(status=Status.UNMET).count()
    short = soon.filter(market.SHORT).count() - unmet
    if unmet:
        text = ngettext(
            "%(n)s order of the next 48 h gets nothing", "%(n)s orders of the next 48 h get nothing", unmet
        )
        yield Alarm("blocked", _("Unmet"), text % {"n": unmet}, address("orders", query="?status=unmet"))
    if short:
        text = ngettext(
            "%(n)s order of the next 48 h gets less than its tolerance allows",
            "%(n)s orders of the next 48 h get less than their tolerance allows",
            short,
        )
        yield Alarm("attention", _("Short"), text % {"n": short}, address("orders", query="?status=short"))


def deviating_receipts(viewer: Any, now: datetime) -> list[Any]:
    """Receipts of the last week that differ much from the books, the largest difference first."""
    rows = dispatch.consignments(viewer).filter(
        ~Q(received_bq=None), received_at__gte=now - RECEIPTS_BACK, expected_bq__gt=0
    )
    found = [row for row in rows if abs(row.received_bq / row.expected_bq - 1) > LARGE_DIFFERENCE]
    return sorted(found, key=lambda row: -abs(row.received_bq / row.expected_bq - 1))


def _differences(request: HttpRequest, now: datetime) -> Iterator[Alarm]:
    found = deviating_receipts(request.user, now)
    if found:
        text = ngettext(
            "%(n)s receipt of 7 days is more than 10 %% off the books, by %(share)s: %(code)s",
            "%(n)s receipts of 7 days are more than 10 %% off the books, one by %(share)s: %(code)s",
            len(found),
        )
        worst = found[0]
        share = f"{100 * (worst.received_bq / worst.expected_bq - 1):+.0f} %"
        yield Alarm(
            "attention",
            _("Deviating"),
            text % {"n": len(found), "share": share, "code": worst.code},
            address("consignment", worst.code),
        )


def _licences(request: HttpRequest, now: datetime) -> Iterator[Alarm]:
    viewer: Any = request.user
    if viewer.role != "rso":
        return
    use = licence_use(request, now)
    if use is not None and use["share"] > NEAR_LIMIT:
        over = use["share"] > 1
        yield Alarm(
            "blocked" if over else "attention",
            _("Above the licence") if over else _("Near the licence"),
            _("%(site)s holds %(share)s of its possession limit of %(nuclide)s")
            % {
                "site": _name(request, use["site"]),
                "share": f"{100 * use['share']:.0f} %",
                "nuclide": use["nuclide"],
            },
            address("stock"),
        )
    today = now.astimezone(frame.zone(request)).date()
    own = network.own_site_codes(viewer)
    for row in network.site_rows(viewer):
        if row.id in own and row.licence and row.licence.valid_until:
            days = (row.licence.valid_until - today).days
            if days < 60:
                yield Alarm(
                    "blocked" if days < 0 else "attention",
                    _("Licence"),
                    _("The radiation safety licence of %(site)s holds until %(day)s")
                    % {"site": _name(request, row.id), "day": row.licence.valid_until.isoformat()},
                )


def licence_use(request: HttpRequest, now: datetime) -> dict[str, Any] | None:
    """The nuclide and site of one's own whose possession limit is used most; None without any limit."""
    viewer: Any = request.user
    cached = getattr(request, "_becq_licence_use", None)
    if cached is not None:
        return cached or None
    held: dict[tuple[str, str], float] = {}
    for row in books.balances(viewer, now, progeny=False):
        if row.site:
            held[row.site, row.nuclide] = held.get((row.site, row.nuclide), 0.0) + row.activity_bq
    own = network.own_site_codes(viewer)
    best: dict[str, Any] = {}
    for site in network.site_rows(viewer):
        if site.id not in own or site.licence is None:
            continue
        for licensed in site.licence.nuclides:
            activity = held.get((site.id, licensed.nuclide), 0.0)
            share = activity / licensed.possession_limit
            if not best or share > best["share"]:
                best = {
                    "site": site.id,
                    "nuclide": licensed.nuclide,
                    "held_bq": activity,
                    "limit_bq": licensed.possession_limit,
                    "share": share,
                }
    request._becq_licence_use = best  # type: ignore[attr-defined]
    return best or None


def _failed_plans(request: HttpRequest, now: datetime) -> Iterator[Alarm]:
    viewer: Any = request.user
    if not policy.may(viewer, "plan.run") or not policy.coordinates(viewer):
        return
    failed = plans.runs(viewer, status="failed").filter(created_at__gte=now - timedelta(days=1)).first()
    if failed is not None:
        yield Alarm(
            "blocked",
            _("Failed"),
            _("The planning run %(code)s failed: %(error)s")
            % {"code": failed.code, "error": failed.error[:160]},
            address("plan-run", failed.code),
        )
