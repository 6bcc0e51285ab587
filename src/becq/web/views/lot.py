"""One lot in the books: where it came from, where it went, whether the books close."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from becq.physics.nuclides import nuclide as nuclide_of
from becq.platform import clock
from becq.platform.accounts import policy
from becq.platform.clinic import selectors as clinic
from becq.platform.dispatch import selectors as dispatch
from becq.platform.ledger import selectors
from becq.platform.ledger.models import Posting
from becq.platform.production import selectors as production
from becq.platform.supervision.postings import posting_findings
from becq.platform.waste import selectors as waste
from becq.rules.finding import Finding
from becq.web import directory, frame
from becq.web.views.ledger import INSTANT

GRID = 96
LARGEST_FAMILY = 600
"""Lots of a family that are described; more are only named."""
OPEN_NODES = 80
"""A tree of more nodes than this is folded below its second step."""
JUDGED = 40
"""Postings of a lot, the latest, that are judged by the rules."""


@dataclass
class Node:
    """A lot, or an end of activity, in the tree."""

    code: str
    icon: str = "lot"
    what: str = ""
    detail: str = ""
    at: datetime | None = None
    bq: float | None = None
    nuclide: str = ""
    where: str = ""
    href: str = ""
    tone: str = ""
    end: bool = False
    here: bool = False
    again: bool = False
    verb: str = ""
    links: list[dict[str, str]] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)
    open: bool = True


@login_required
def lot(request: HttpRequest, code: str) -> HttpResponse:
    """A lot's whole life: its family both ways, what was posted of it, and what was left of it when."""
    viewer: Any = request.user
    policy.require(viewer, "ledger.read")
    family = selectors.genealogy(viewer, code)
    history = list(selectors.history(viewer, code))
    known = production.lots(viewer).filter(code=code).first()
    if not history and known is None and not family.ancestors and not family.descendants:
        raise Http404(code)
    described = _describe(request, family)
    tree, size = _tree(family, described)
    at = frame.moment(request)
    rows = selectors.balances(viewer, at, lot=code, kind=None, minimum_bq=1.0)
    here = described.get(code, Node(code))
    missing = [end for end in family.ends if end.place == "unaccounted" and end.lot == code]
    zone = frame.zone(request)
    context = {
        "code": code,
        "lot": known,
        "here": here,
        "product": directory.content(request, known.product, known.nuclide) if known else here.what,
        "site": directory.site(request, known.site_code) if known else None,
        "tree": tree,
        "size": size,
        "history": [{"row": row, "verb": directory.POSTING_KINDS.get(row.kind, row.kind)} for row in history],
        "findings": _findings(viewer, history),
        "balances": [_balance(request, row) for row in rows if row.kind == "place"],
        "ends": [_balance(request, row) for row in rows if row.kind != "place"],
        "missing": missing,
        "books_shown": may_read_books(viewer, known),
        "missing_all": _sums(family.ends),
        "at": at,
        "chart": _course(request, code, history, known, str(zone)),
        "run": known.run if known and known.run_id else None,
    }
    return render(request, "web/ledger/lot.html", context)


def _findings(viewer: Any, history: list[Posting]) -> list[Finding]:
    """What the rules say of the latest postings of a lot."""
    return [finding for row in history[-JUDGED:] for finding in posting_findings(viewer, row)]


def may_read_books(viewer: Any, thing: Any) -> bool:
    """True where the person may read the books of whoever holds a lot or a run.

    Where not, what the page cannot see is not nothing: it is not shown. A thing that is not known (None) is
    only on the page because of books that the person reads.
    """
    return thing is None or policy.may_read(viewer, thing.organisation)


def _balance(request: HttpRequest, row: Any) -> dict[str, Any]:
    place = str(directory.NOMINALS.get(row.place, row.place))
    if row.kind == "place":
        code, _slash, part = row.place.partition("/")
        site = frame.named(directory.site(request, code), code)
        place = f"{site} · {_('waste store')}" if part else site
        if row.site is None:
            place = _("under way to %(whom)s") % {"whom": part}
    return {"row": row, "place": place}


def _sums(ends: list[Any]) -> list[dict[str, Any]]:
    """What is unaccounted for over the whole family, by nuclide, at the event times."""
    sums: dict[str, float] = {}
    for end in ends:
        if end.place == "unaccounted":
            sums[end.nuclide] = sums.get(end.nuclide, 0.0) + end.activity_bq
    return [{"nuclide": name, "bq": value} for name, value in sorted(sums.items())]


def _describe(request: HttpRequest, family: selectors.Genealogy) -> dict[str, Node]:
    """What each lot of a family is, with the activity that it began with."""
    viewer: Any = request.user
    codes = family.lots()[:LARGEST_FAMILY]
    nodes = {code: Node(code) for code in codes}
    for each in production.lots(viewer).filter(code__in=codes):
        product = directory.products(request).get(each.product)
        icon = "nuclide" if each.daughter else "lot"
        nodes[each.code] = Node(
            each.code,
            icon=icon,
            what=directory.content(request, each.product, each.nuclide),
            detail=_kind_of(product, each),
            at=each.made_at,
            nuclide=each.nuclide,
            where=each.site_code,
            href=reverse("ledger-lot", args=[each.code]),
        )
    for dose in clinic.doses(viewer).filter(code__in=codes):
        nodes[dose.code] = Node(
            dose.code,
            icon="person",
            what=_("Dose for %(patient)s") % {"patient": dose.patient_code},
            at=dose.at,
            bq=dose.activity_bq,
            nuclide=dose.nuclide,
            where=dose.site_code,
            href=reverse("ledger-lot", args=[dose.code]),
        )
    for entry in waste.entries(viewer).filter(code__in=codes):
        origin = str(directory.ORIGINS.get(entry.origin, entry.origin))
        nodes[entry.code] = Node(
            entry.code,
            icon="waste",
            what=_("Waste"),
            detail=origin,
            at=entry.at,
            bq=entry.activity_bq,
            nuclide=entry.nuclide,
            where=entry.site_code,
            href=reverse("ledger-lot", args=[entry.code]),
            links=[{"kind": "waste", "text": entry.container, "href": f"{reverse('waste')}?q={entry.code}"}]
            if entry.container
            else [],
        )
    for row in dispatch.consignments(viewer).filter(package_lot__in=codes):
        nodes[row.package_lot].links.append(
            {"kind": "consignments", "text": row.code, "href": reverse("consignment", args=[row.code])}
        )
    _begin(viewer, nodes)
    for node in nodes.values():
        if node.where:
            node.where = frame.named(directory.site(request, node.where), node.where)
        if not node.what:
            node.what = _("in the books of somebody else") if not node.at else _("Lot")
    return nodes


def _kind_of(product: Any, lot: Any) -> str:
    if lot.daughter:
        return _("generator")
    if product is not None and product.nuclide != lot.nuclide:
        return _("eluate")
    bulk = (
        getattr(product, "kind", "") == "bulk"
        and "bulk" not in product.name
        and "原料" not in product.name_zh
    )
    return _("bulk") if bulk else ""


def _begin(viewer: Any, nodes: dict[str, Node]) -> None:
    """The activity that each lot began with, from the first posting that brought it into a place."""
    wanted = [code for code, node in nodes.items() if node.bq is None]
    if not wanted:
        return
    found: dict[str, tuple[datetime, dict[str, float]]] = {}
    rows = selectors.postings(viewer).filter(entries__lot__in=wanted).distinct().order_by("event_time", "pk")
    for posting in rows:
        for entry in posting.entries.all():
            if entry.activity_bq <= 0 or entry.account.kind != "place" or entry.lot not in nodes:
                continue
            since, own = found.setdefault(entry.lot, (posting.event_time, {}))
            if since == posting.event_time:
                own[entry.nuclide] = own.get(entry.nuclide, 0.0) + entry.activity_bq
    for code in wanted:
        if code in found:
            node = nodes[code]
            at, own = found[code]
            node.nuclide = node.nuclide if node.nuclide in own else max(own, key=lambda name: own[name])
            node.at, node.bq = at, own[node.nuclide]
            node.href = node.href or reverse("ledger-lot", args=[code])


def _tree(family: selectors.Genealogy, described: dict[str, Node]) -> tuple[list[Node], int]:
    """From what has no parents down through the lot to everything it became; and the number of nodes."""
    below: dict[str, list[Any]] = {}
    for link in [*family.ancestors, *family.descendants]:
        if link not in below.setdefault(link.parent, []):
            below[link.parent].append(link)
    ends: dict[str, list[Any]] = {}
    for end in family.ends:
        ends.setdefault(end.lot, []).append(end)
    children = {link.child for link in family.ancestors}
    roots = list(dict.fromkeys(link.parent for link in family.ancestors if link.parent not in children))
    shown: set[str] = set()
    count = 0

    def grow(code: str, verb: str, depth: int) -> Node:
        nonlocal count
        count += 1
        known = described.get(code, Node(code))
        node = Node(**{**known.__dict__, "verb": verb, "here": code == family.lot, "children": []})
        if code in shown:
            node.again = True
            return node
        shown.add(code)
        links = sorted(
            below.get(code, []), key=lambda link: (link.event_time is None, link.event_time or 0, link.child)
        )
        for link in links:
            if depth < 40:
                node.children.append(
                    grow(link.child, str(directory.POSTING_KINDS.get(link.kind, link.kind)), depth + 1)
                )
        node.children += [_end_node(end) for end in ends.get(code, [])]
        count += len(ends.get(code, []))
        return node

    tree = [grow(code, "", 0) for code in roots or [family.lot]]
    if count > OPEN_NODES:
        _fold(tree, {link.parent for link in family.ancestors} | {family.lot})
    return tree, count


def _fold(nodes: list[Node], keep: set[str]) -> None:
    for node in nodes:
        node.open = node.code in keep
        _fold(node.children, keep)


def _end_node(end: Any) -> Node:
    icon = {"patient": "person", "unaccounted": "state-attention", "environment": "state-done"}.get(
        end.place, "arrow-right"
    )
    tone = {"patient": "done", "unaccounted": "attention"}.get(end.place, "planned")
    return Node(
        "",
        icon=icon,
        what=str(directory.NOMINALS.get(end.place, end.place)),
        at=end.event_time,
        bq=end.activity_bq,
        nuclide=end.nuclide,
        end=True,
        tone=tone,
    )


def _course(
    request: HttpRequest, code: str, history: list[Posting], known: Any, zone: str
) -> dict[str, Any] | None:
    """What was left of the lot from its first posting on, with a step at each event."""
    if not history:
        return None
    now = clock.now()
    events = sorted({posting.event_time for posting in history})
    start, last = events[0], max(events[-1], now)
    expires = known.expires if known is not None and known.expires else None
    end = max(last, min(expires, last + (last - start))) if expires else last
    end = max(end + (end - start) * 0.05, start + timedelta(hours=1))
    grid = [start + (end - start) * i / GRID for i in range(GRID + 1)]
    moments = sorted({*grid, *events, *(event - INSTANT for event in events if event > start)})
    found = selectors.course(request.user, code, moments)  # type: ignore[arg-type]
    top = {}
    for state in found:
        for name, activity in state.items():
            top[name] = max(top.get(name, 0.0), activity)
    highest = max(top.values(), default=0.0)
    names = [
        name for name, value in sorted(top.items(), key=lambda pair: -pair[1]) if value > 1e-3 * highest
    ][:4]
    if highest <= 0:
        return None
    return {
        "timezone": zone,
        "from": start.isoformat(),
        "to": end.isoformat(),
        "series": [
            {
                "id": name,
                "name": nuclide_of(name).isotope_markup,
                "name_zh": nuclide_of(name).name_zh,
                "points": [
                    [moment.isoformat(), max(state.get(name, 0.0), 0.0)]
                    for moment, state in zip(moments, found, strict=True)
                ],
            }
            for name in names
        ],
        "marks": [{"at": expires.isoformat(), "name": "expiry", "name_zh": "失效"}]
        if expires and start < expires < end
        else [],
    }
