"""One order: what was asked, what is promised, what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from becq.chain.alternative import read_alternatives
from becq.chain.order import LEAST_SHARE
from becq.physics.quantities import format_activity, format_duration
from becq.platform import clock
from becq.platform.accounts import policy
from becq.platform.clinic import selectors as clinic
from becq.platform.dispatch import selectors as dispatch
from becq.platform.dispatch.models import ConsignmentStatus
from becq.platform.market import selectors, services
from becq.platform.market.models import Order, Status
from becq.web import directory, frame
from becq.web.problems import say
from becq.web.views.orders import (
    COLUMN_WORDS,
    EVENTS,
    SOURCES,
    address,
    found_or_404,
    may_change,
    reason_of,
    state_of,
)

COMING = frozenset({ConsignmentStatus.PLANNED, ConsignmentStatus.DISPATCHED, ConsignmentStatus.RECEIVED})
"""Consignments that count for an order: those that come, or have come."""


@login_required
def order(request: HttpRequest, code: str) -> HttpResponse:
    """One order: what was wanted, promised, sent, received, given; and who did what."""
    viewer: Any = request.user
    row = found_or_404(selectors.order, viewer, code)
    zone = directory.zone(request, row.site_code)
    sent = list(dispatch.consignments(viewer, order=row.code))
    together = sum(each.planned_activity_bq * each.equivalent for each in sent if each.status in COMING)
    ways = [_way(request, row, each, together) for each in sent]
    doses = list(clinic.doses(viewer).filter(order_code=row.code))
    for dose in doses:
        dose.href = address("dose", dose.code)  # type: ignore[attr-defined]
    given = [dose.administration.activity_bq for dose in doses if hasattr(dose, "administration")]
    amendable = row.status in services.AMENDABLE and may_change(request, row)
    twins = list(selectors.duplicates(viewer, row)[:5]) if row.is_open else []
    context = {
        "order": row,
        "state": state_of(row),
        "zone": zone,
        "zone_words": frame.zone_label(row.calibration_at, zone),
        "site": directory.site(request, row.site_code),
        "site_href": address("site", row.site_code),
        "product": directory.product(request, row.product_code),
        "both": _both(row.activity_bq),
        "tolerance": f"{100 * row.tolerance:g}",
        "reason": reason_of(row),
        "ways": ways,
        "parts": [_part(request, part, zone) for part in row.confirmed_parts],
        "part_words": _part_words(request, row),
        "alternatives": _alternatives(request, row),
        "lot_href": address("ledger-lot", row.confirmed_lot) if row.confirmed_lot else "",
        "plan_href": address("plan-run", row.plan_code)
        if row.plan_code and policy.may(viewer, "plan.read")
        else "",
        "doses": doses,
        "doses_given": len(given),
        "given_bq": sum(given),
        "events": _events(request, row, zone),
        "amendable": amendable,
        "twins": twins,
        "source": SOURCES.get(row.source, row.source),
        "sentence": _order_sentence(request, row),
    }
    return render(request, "web/orders/order.html", context)


def _both(activity_bq: float) -> str:
    return f"{format_activity(activity_bq)} · {format_activity(activity_bq, 'Ci')}"


def _part(request: HttpRequest, part: dict[str, Any], zone: Any) -> dict[str, Any]:
    """One promised part: its lot, product, activity and what that stands for."""
    return {
        "lot": part["lot"],
        "href": address("ledger-lot", part["lot"]),
        "product": directory.product(request, part["product"]),
        "activity_bq": part["activity_bq"],
        "counts_bq": part["counts_bq"],
        "at": datetime.fromisoformat(part["arrival"]),
    }


def _part_words(request: HttpRequest, order: Order) -> str:
    """“up to 4, each at least 500 MBq” of an order that may come in parts."""
    if not order.split:
        return ""
    least = order.least_part_bq if order.least_part_bq is not None else LEAST_SHARE * order.activity_bq
    return _("up to %(n)s, each at least %(activity)s") % {
        "n": order.most_parts,
        "activity": format_activity(least, frame.units(request)),
    }


def _alternatives(request: HttpRequest, order: Order) -> list[dict[str, Any]]:
    """The other products that would do, with the activity of each."""
    return [
        {"product": directory.product(request, each.product), "activity_bq": each.activity}
        for each in read_alternatives(order.alternatives)
    ]


def _way(request: HttpRequest, order: Order, row: Any, together_bq: float) -> dict[str, Any]:
    """A consignment of the order: what it will be on arrival, or was, against the need.

    :param together_bq: what all that comes counts for the order; each consignment has its share of the need.
    """
    arrival = dispatch.arrival(row)
    needed = order.activity_bq * (1 - order.tolerance) / row.equivalent
    counts = row.planned_activity_bq * row.equivalent
    if row.status in COMING and together_bq > counts * (1 + 1e-6):
        needed *= counts / together_bq
    at_calibration = dispatch.predicted_bq(row, order.calibration_at)
    share = directory.share(row.received_bq, row.expected_bq)
    late_s = (arrival["at"] - order.latest).total_seconds()
    return {
        "row": row,
        "href": address("consignment", row.code),
        "from": directory.site(request, row.from_site),
        "instead": directory.product(request, row.product) if row.instead_of else "",
        "at": arrival["at"],
        "predicted_bq": arrival["predicted_bq"],
        "at_calibration_bq": at_calibration,
        "text": format_activity(at_calibration, frame.units(request)),
        "limit_text": _("at least %(activity)s")
        % {"activity": format_activity(needed, frame.units(request))},
        "needed_bq": needed,
        "severity": "ok" if at_calibration >= needed * (1 - 1e-6) else "warn",
        "late_s": late_s if late_s > 0 else None,
        "received": row.received_bq is not None,
        "difference": f"{100 * share:+.1f} %" if share is not None else "",
    }


def _order_sentence(request: HttpRequest, order: Order) -> str:
    """One sentence: where it stands."""
    zone = directory.zone(request, order.site_code)
    until_s = (order.earliest - clock.now()).total_seconds()
    if order.status == Status.CANCELLED:
        return _("Cancelled: %(reason)s") % {"reason": order.cancelled_reason}
    if order.status == Status.UNMET:
        return _("No activity is promised for it.")
    if order.status == Status.DRAFT:
        return _("A draft: nobody plans for it until it is placed.")
    if order.status in {Status.DELIVERED, Status.FULFILLED} and order.delivered_at:
        return _("Delivered %(at)s.") % {"at": _say(order.delivered_at, zone)}
    if order.status == Status.CONFIRMED and order.confirmed_arrival:
        return _("Confirmed: arrives %(at)s.") % {"at": _say(order.confirmed_arrival, zone)}
    if until_s > 0:
        return _("Waits for a plan; the delivery window opens in %(time)s.") % {
            "time": format_duration(until_s)
        }
    return _("Waits for a plan, and its delivery window is open already.")


def _say(at: Any, zone: Any) -> str:
    return f"{at.astimezone(zone):%m-%d %H:%M} {frame.zone_label(at, zone)}"


def _events(request: HttpRequest, order: Order, zone: Any) -> list[dict[str, Any]]:
    """The audit strip as a timeline, with what is still to come."""
    rows: list[dict[str, Any]] = []
    for event in selectors.events(request.user, order):  # type: ignore[arg-type]
        state, label = EVENTS.get(event.kind, ("planned", event.kind))
        changes = _("; ").join(
            _("%(what)s: %(old)s → %(new)s")
            % {
                "what": COLUMN_WORDS.get(name, name),
                "old": _value(request, name, old, zone),
                "new": _value(request, name, new, zone),
            }
            for name, (old, new) in event.changes.items()
        )
        note = say(event.note) if event.kind != "unmet" else reason_of(order) or event.note
        rows.append(
            {
                "what": state,
                "label": label,
                "at": event.at,
                "who": (event.actor.get_full_name() or event.actor.username) if event.actor else "",
                "note": " – ".join(part for part in (changes, _note(note)) if part),
                "bq": order.delivered_activity_bq if event.kind == "delivered" else None,
                "nuclide": order.nuclide,
            }
        )
    ahead = []
    if order.status == Status.CONFIRMED and order.confirmed_arrival:
        ahead.append({"what": "planned", "label": _("Arrives"), "planned_at": order.confirmed_arrival})
    if order.status not in {Status.CANCELLED, Status.FULFILLED}:
        ahead.append({"what": "planned", "label": _("Calibration time"), "planned_at": order.calibration_at})
    return rows + [row for row in ahead if row["planned_at"] > clock.now()]


def _note(text: str) -> str:
    """Notes that the platform itself wrote, in the language of the page."""
    known = {
        "standing order": _("from a standing order"),
        "network file": _("from a network file"),
        "not in the imported network": _("not in the imported network"),
        "standing order changed": _("the standing order was changed"),
    }
    return str(known.get(text, text))


def _value(request: HttpRequest, name: str, value: Any, zone: Any) -> str:
    """A value of the audit strip in words."""
    if value is None or value == "":
        return "—"
    if name in {"activity_bq", "least_part_bq"}:
        return format_activity(float(value), frame.units(request))
    if name == "tolerance":
        return f"{100 * float(value):g} %"
    if name in {"calibration_at", "earliest", "latest"}:
        return _say(datetime.fromisoformat(str(value)), zone)
    if name == "product_code":
        return directory.product(request, str(value))
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    return str(value)
