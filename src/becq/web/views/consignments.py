"""Consignments: where each one is; the list and the search."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Case, CharField, DateTimeField, F, IntegerField, Q, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from becq.platform import clock
from becq.platform.accounts import policy
from becq.platform.dispatch import selectors
from becq.platform.dispatch.models import ConsignmentStatus
from becq.platform.today import GRACE, SOON
from becq.web import directory, frame
from becq.web.consignment_deeds import (
    REFUSED,
)
from becq.web.states import STATES
from becq.web.tables import Column, Filter, Table
from becq.web.views.palette import PER_SOURCE, SOURCES, Hit


def _queue(viewer: Any) -> Any:
    """Consignments, the overdue first, then those to come, then what is over."""
    now = clock.now()
    planned, sent = ConsignmentStatus.PLANNED, ConsignmentStatus.DISPATCHED
    late = Q(status=planned, planned_depart__lt=now - GRACE) | Q(status=sent, expected_arrive__lt=now - GRACE)
    soon = Q(status=planned, planned_depart__lt=now + SOON) | Q(status=sent, expected_arrive__lt=now + SOON)
    return (
        selectors.consignments(viewer)
        .annotate(
            rank=Case(
                When(late, then=Value(0)),
                When(status__in=[planned, sent], then=Value(1)),
                When(status=ConsignmentStatus.REJECTED, then=Value(1)),
                default=Value(2),
                output_field=IntegerField(),
            ),
            due=Case(
                When(status=planned, then=F("planned_depart")),
                When(status=sent, then=F("expected_arrive")),
                output_field=DateTimeField(),
            ),
            tone=Case(
                When(late, then=Value("blocked")),
                When(soon, then=Value("attention")),
                When(status=ConsignmentStatus.REJECTED, then=Value("blocked")),
                default=Value(""),
                output_field=CharField(),
            ),
        )
        .order_by("rank", "due", "-planned_depart", "code")
    )


@login_required
def consignments(request: HttpRequest) -> HttpResponse:
    """What goes from whom to whom, when, and how much of it arrives."""
    policy.require(request.user, "ledger.read")
    rows = _queue(request.user)
    chosen = frame.site(request)
    if chosen:
        rows = rows.filter(Q(from_site=chosen.code) | Q(to_site=chosen.code))
    now = clock.now()
    known = directory.sites(request)
    ends = sorted(
        {code for pair in rows.order_by().values_list("from_site", "to_site").distinct() for code in pair}
    )
    site_choices = [(code, frame.named(known.get(code), code) if code in known else code) for code in ends]
    waiting = rows.filter(rank=0)
    overdue, under_way = waiting.count(), rows.filter(status=ConsignmentStatus.DISPATCHED).count()
    to_send = rows.filter(status=ConsignmentStatus.PLANNED).count()
    table = Table(
        request=request,
        rows=rows,
        caption=_("Consignments"),
        name="consignments",
        row_key="code",
        row_tone="tone",
        columns=[
            Column(
                "code",
                _("Consignment"),
                "consignments",
                sort=True,
                href=lambda row: reverse("consignment", args=[row.code]),
            ),
            Column("status", _("Status"), "state", sort=True),
            Column(
                "late",
                _("Overdue by"),
                "duration",
                path=lambda row: directory.elapsed(now, row.due) if row.rank == 0 else None,
                hidden=not overdue,
            ),
            Column(
                "product",
                _("Product"),
                path=lambda row: directory.product(request, row.product),
                sort="product",
            ),
            Column("nuclide", _("Nuclide"), "nuclide", sort=True, hidden=True),
            Column(
                "from_site",
                _("From"),
                "site",
                path=lambda row: directory.site(request, row.from_site),
                sort="from_site",
            ),
            Column(
                "to_site",
                _("To"),
                "site",
                path=lambda row: directory.site(request, row.to_site),
                sort="to_site",
            ),
            Column(
                "planned_depart",
                _("Departs"),
                "instant",
                path=lambda row: row.dispatched_at or row.planned_depart,
                sort="planned_depart",
            ),
            Column(
                "expected_arrive", _("Arrives"), "instant", path=selectors.arrives, sort="expected_arrive"
            ),
            Column(
                "arrival_bq",
                _("On arrival"),
                "activity",
                path=lambda row: None if row.status in REFUSED else selectors.arrival(row)["predicted_bq"],
                at=selectors.arrives,
                nuclide="nuclide",
                show_at=False,
            ),
            Column(
                "ratio",
                _("Of the need"),
                "percent",
                path=lambda row: (
                    selectors.arrival(row)["ratio"] if row.status not in {"cancelled", *REFUSED} else None
                ),
            ),
            Column("order_code", _("Order"), "code", sort=True, hidden=True),
            Column(
                "lot_code",
                _("Lot"),
                "lot",
                sort=True,
                hidden=True,
                href=lambda row: reverse("ledger-lot", args=[row.lot_code]),
            ),
        ],
        filters=[
            Filter(
                "q",
                _("Consignment, order or lot"),
                "search",
                fields=["code", "order_code", "lot_code", "product"],
            ),
            Filter(
                "status",
                _("Status"),
                choices=[
                    ("late", _("overdue")),
                    *((code, STATES[code.replace(" ", "_")].label) for code in ConsignmentStatus.values),
                ],
                apply=lambda found, value: (
                    found.filter(rank=0) if value == "late" else found.filter(status=value)
                ),
            ),
            Filter("from", _("From"), field="from_site", choices=site_choices),
            Filter("to", _("To"), field="to_site", choices=site_choices),
            Filter("day", _("Day of departure"), "day", field="planned_depart"),
        ],
        empty_title=_("No consignments yet"),
        empty_sentence=_("Consignments appear when a plan is committed."),
        export_name="consignments",
    )
    if table.wants_export:
        return table.export()
    sentence = [
        ngettext("%(count)s under way", "%(count)s under way", under_way) % {"count": under_way},
        ngettext("%(count)s to be sent", "%(count)s to be sent", to_send) % {"count": to_send},
    ]
    return render(
        request,
        "web/consignments/consignments.html",
        {
            "table": table,
            "sentence": ", ".join(sentence) if not frame.is_chinese() else "，".join(sentence),
            "overdue": overdue,
        },
    )


def consignment_hits(request: HttpRequest, text: str) -> Iterable[Hit]:
    """Consignments for the palette."""
    if len(text) >= 2:
        for row in selectors.consignments(request.user).filter(code__icontains=text)[:PER_SOURCE]:  # type: ignore[arg-type]
            href = reverse("consignment", args=[row.code])
            yield Hit(
                _("Consignments"), row.code, href, "consignments", directory.product(request, row.product)
            )


SOURCES.append(consignment_hits)
