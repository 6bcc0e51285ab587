"""The books: postings, statements, proof."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from becq.physics.nuclides import nuclide as nuclide_of
from becq.platform import clock
from becq.platform.accounts import policy
from becq.platform.accounts import selectors as accounts
from becq.platform.accounts.models import Organisation
from becq.platform.ledger import selectors
from becq.platform.ledger.models import Posting
from becq.web import directory, frame
from becq.web.tables import Column, Filter, Table

TABS = ("postings", "statement", "unaccounted", "proof")


INSTANT = timedelta(microseconds=1)


def _holders(request: HttpRequest) -> list[Organisation]:
    return list(accounts.organisations(request.user))  # type: ignore[arg-type]


def _holder(request: HttpRequest, holders: list[Organisation], code: str) -> Organisation | None:
    """The holder asked for, else one's own, else the first."""
    own = getattr(request.user, "organisation", None)
    by_code = {each.code: each for each in holders}
    return by_code.get(code) or (by_code.get(own.code) if own else None) or next(iter(holders), None)


@login_required
def ledger(request: HttpRequest) -> HttpResponse:
    """The books of the holders that the person may read."""
    viewer = request.user
    policy.require(viewer, "ledger.read")
    tab = request.POST.get("tab") or request.GET.get("tab", "")
    tab = tab if tab in TABS else "postings"
    verifies = policy.may(viewer, "ledger.verify")
    tabs = [("postings", _("Postings")), ("statement", _("Statement")), ("unaccounted", _("Unaccounted for"))]
    if verifies:
        tabs.append(("proof", _("Proof")))
    elif tab == "proof":
        policy.require(viewer, "ledger.verify")
    context: dict[str, Any] = {"tab": tab, "tabs": tabs}
    if tab == "postings":
        table = _postings(request)
        if table.wants_export:
            return table.export()
        context["table"] = table
    elif tab == "proof":
        context |= _proof(request)
    else:
        found = _statement(request)
        table = found.get("table")
        if table is not None and table.wants_export:
            return table.export()  # type: ignore[no-any-return]
        context |= found
    return render(request, "web/ledger/ledger.html", context)


def _postings(request: HttpRequest) -> Table:
    rows = (
        selectors.postings(request.user).prefetch_related(None).prefetch_related("entries__account__holder")
    )  # type: ignore[arg-type]
    chosen = frame.site(request)
    kinds = directory.POSTING_KINDS
    holders = _holders(request)
    if chosen is not None:
        place = chosen.code
        rows = rows.filter(entries__account__place__regex=f"^{_escaped(place)}(/.*)?$").distinct()
    return Table(
        request=request,
        rows=rows,
        caption=_("Postings"),
        name="postings",
        row_key="uuid",
        columns=[
            Column("event_time", _("Event"), "instant", sort=True),
            Column("kind", _("Kind"), path=lambda row: str(kinds.get(row.kind, row.kind)), sort="kind"),
            Column("entries", _("Entries"), path=_entries_text, template="web/ledger/entries.html"),
            Column("document", _("Document"), path=_papers_text, template="web/ledger/papers.html"),
            Column("actor_name", _("Actor"), sort=True),
            Column(
                "holder",
                _("Holder"),
                path=lambda row: frame.named(row.holder, row.holder.code),
                sort="holder.code",
            ),
            Column("sequence", _("Number"), "number", sort=True),
            Column("recorded_time", _("Recorded"), "instant", sort=True, hidden=True),
            Column("hash", _("Seal"), "code", path=lambda row: row.hash[:12], hidden=True),
            Column("note", _("Remark"), hidden=True, wrap=True),
        ],
        filters=[
            Filter(
                "q",
                _("Lot"),
                "search",
                apply=lambda found, value: found.filter(entries__lot__icontains=value).distinct(),
            ),
            Filter("kind", _("Kind"), choices=list(kinds.items())),
            Filter("day", _("Day"), "day", field="event_time"),
            Filter(
                "nuclide",
                _("Nuclide"),
                choices=[
                    (name, nuclide_of(name).name_zh if frame.is_chinese() else name)
                    for name in _nuclides(request)
                ],
                apply=lambda found, value: found.filter(entries__nuclide=value).distinct(),
            ),
            *(
                [
                    Filter(
                        "holder",
                        _("Holder"),
                        field="holder__code",
                        choices=[(each.code, frame.named(each, each.code)) for each in holders],
                    )
                ]
                if len(holders) > 1
                else []
            ),
            Filter("actor", _("Actor"), "search", field="actor_name", fields=["actor_name"]),
        ],
        empty_title=_("No postings yet"),
        empty_sentence=_("Every assay, hand-over, dose and piece of waste is posted here."),
        export_name="postings",
    )


def _escaped(place: str) -> str:
    return "".join(f"\\{sign}" if sign in ".+" else sign for sign in place)


def _nuclides(request: HttpRequest) -> list[str]:
    return sorted(
        {product.nuclide for product in directory.products(request).values()}
        | {product.daughter for product in directory.products(request).values() if product.daughter}
    )


def _entries_text(row: Posting) -> str:
    return "; ".join(
        f"{e.account.name} {e.lot} {e.nuclide} {e.activity_bq:+.6g} Bq" for e in row.entries.all()
    )


def _papers_text(row: Posting) -> str:
    return ", ".join(
        str(row.document[key]) for key in ("consignment", "order", "run", "patient") if row.document.get(key)
    )


def _period(request: HttpRequest) -> tuple[datetime, datetime, date, date]:
    """First and last day of a statement, with their bounds in the zone of the page."""
    zone = frame.zone(request)
    today = frame.moment(request).astimezone(zone).date()

    def day(name: str, fallback: date) -> date:
        try:
            return date.fromisoformat(request.GET.get(name, ""))
        except ValueError:
            return fallback

    last = day("to", today)
    first = min(day("from", last - timedelta(days=6)), last)
    start = datetime.combine(first, time(), zone).astimezone(UTC)
    end = datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC)
    return start, min(end, max(clock.now(), start)), first, last


def _statement(request: HttpRequest) -> dict[str, Any]:
    viewer: Any = request.user
    holders = _holders(request)
    holder = _holder(request, holders, request.GET.get("holder", ""))
    if holder is None:
        return {"holder": None, "holders": []}
    start, end, first, last = _period(request)
    found = selectors.unaccounted(viewer, holder, start=start, end=end)
    rows = []
    kinds: list[str] = []
    for row in selectors.statement(viewer, holder, start, end):
        if max(row.opening_bq, row.closing_bq, *map(abs, row.flows_bq.values()), 0.0) < 1.0:
            continue
        kinds += [kind for kind in row.flows_bq if kind not in kinds]
        missing, uncertainty = found.totals.get(row.nuclide, (None, None))
        rows.append(
            {
                "nuclide": row.nuclide,
                "opening_bq": row.opening_bq,
                "flows": row.flows_bq,
                "decayed_bq": -row.decayed_bq,
                "closing_bq": row.closing_bq,
                "missing_bq": missing,
                "uncertainty_bq": uncertainty,
            }
        )
    order = [kind for kind in directory.POSTING_KINDS if kind in kinds]
    table = Table(
        request=request,
        rows=rows,
        caption=_("Statement"),
        name="statement",
        row_key="nuclide",
        columns=[
            Column("nuclide", _("Nuclide"), "nuclide"),
            Column(
                "opening_bq", _("Opening"), "activity", nuclide="nuclide", at=lambda row: start, show_at=False
            ),
            *(
                Column(
                    kind,
                    directory.POSTING_KINDS[kind],
                    "activity",
                    path=lambda row, kind=kind: row["flows"].get(kind),
                )
                for kind in order
            ),
            Column("decayed_bq", _("Decay and ingrowth"), "activity"),
            Column(
                "closing_bq", _("Closing"), "activity", nuclide="nuclide", at=lambda row: end, show_at=False
            ),
            Column("missing_bq", _("Unaccounted for"), "activity", template="web/ledger/missing.html"),
        ],
        export_name=f"statement-{holder.code}-{first}-{last}",
        empty_title=_("Nothing was held in this period"),
    )
    for row in rows:
        row["columns"] = order
    return {
        "holder": holder,
        "holders": holders,
        "start": start,
        "end": end,
        "first": first,
        "last": last,
        "table": table,
        "differences": [
            {"row": row, "verb": directory.POSTING_KINDS.get(row.kind, row.kind)}
            for row in found.differences[:-301:-1]
        ],
        "sums": [
            {
                "nuclide": name,
                "bq": total,
                "u": uncertainty,
                "sigma": abs(total) / uncertainty if uncertainty else None,
            }
            for name, (total, uncertainty) in found.totals.items()
        ],
    }


def _proof(request: HttpRequest) -> dict[str, Any]:
    """The books computed anew, on demand."""
    viewer: Any = request.user
    holders = [each for each in _holders(request) if policy.may(viewer, "ledger.verify", organisation=each)]
    operator = policy.is_operator(viewer)
    wanted = request.POST.get("holder", "") or request.GET.get("holder", "")
    holder = None if operator and not wanted else _holder(request, holders, wanted)
    found: dict[str, Any] = {"holders": holders, "holder": holder, "operator": operator, "report": None}
    if request.method == "POST":
        found["report"] = selectors.audit(viewer, holder)
        found["names"] = {each.code: frame.named(each, each.code) for each in holders}
        found["at"] = clock.now()
    return found
