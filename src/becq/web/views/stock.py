"""Stock: what is where, and how much of it at the moment of the page."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

import numpy as np
from django.contrib.auth.decorators import login_required
from django.db.models import Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from becq.physics.decay import decay
from becq.physics.nuclides import nuclide as nuclide_of
from becq.physics.quantities import format_activity
from becq.platform.accounts import policy
from becq.platform.clinic import selectors as clinic
from becq.platform.ledger import selectors as books
from becq.platform.ledger.chart import WASTE
from becq.platform.market import selectors as market
from becq.platform.measured import decayed
from becq.platform.network import selectors as network
from becq.platform.production import selectors as production
from becq.platform.waste import selectors as waste
from becq.web import directory, frame
from becq.web.tables import BulkAction, Column, Filter, Table, look_up
from becq.web.views.palette import PER_SOURCE, SOURCES, Hit

LEAST_BQ = 1e3
"""What is less is not called stock."""
CLOSE, FEW = 0.5, 12
"""Licence limits used less than this are folded where there are more than a few."""
SUPPLYING = ("reactor", "accelerator", "radiopharmacy", "warehouse")
"""Kinds of sites whose lots are useful while they still make an order; a hospital uses its own to the end."""
TABS = ("lots", "sites", "nuclides", "products")
MOST_CURVES = 12
POINTS = 120


@dataclass(frozen=True, slots=True)
class Holding:
    """One nuclide of one lot in one place, as the page shows it."""

    key: str
    lot: str
    nuclide: str
    activity_bq: float
    at: datetime
    grown: bool
    """True for a daughter that has only grown in."""
    site_code: str | None
    site: Any
    zone: str
    where: str | Promise
    kind: str
    """store, waste or way."""
    holder: str
    product: str
    product_name: str
    status: str
    reference_bq: float | None
    reference_time: datetime | None
    made_at: datetime | None
    expires: datetime | None
    useful_until: datetime | None
    left_s: float | None
    tone: str


@dataclass(frozen=True, slots=True)
class Total:
    """Holdings taken together."""

    key: str
    site: Any
    nuclide: str
    product: str
    lots: int
    activity_bq: float
    at: datetime
    waste_bq: float
    first_end: datetime | None
    zone: str


@dataclass(frozen=True, slots=True)
class Use:
    """What a site holds of a nuclide against its licence."""

    site: Any
    nuclide: str
    held_bq: float
    limit_bq: float | None
    held: str
    limit: str

    @property
    def share(self) -> float:
        """Held over allowed; infinite without a licence."""
        return self.held_bq / self.limit_bq if self.limit_bq else math.inf


class GroupedTable(Table):
    """A table whose rows stand under heads, sorted within them."""

    @cached_property
    def narrowed(self) -> Any:
        """All rows that pass, group by group."""
        rows = super().narrowed
        return sorted(rows, key=lambda row: str(look_up(row, self.group_by))) if self.group_by else rows


def holdings(request: HttpRequest, at: datetime) -> list[Holding]:
    """Everything at hand, under way and in the waste stores that the person may see at ``at``."""
    viewer = request.user
    chosen = frame.site(request)
    rows = books.balances(viewer, at, site=chosen.code if chosen else None, minimum_bq=LEAST_BQ)
    codes = {row.lot for row in rows}
    lots = {lot.code: lot for lot in production.lots(viewer).filter(code__in=codes)}
    doses = {dose.code: dose for dose in clinic.doses(viewer).filter(code__in=codes)}
    thrown = {entry.code: entry for entry in waste.entries(viewer).filter(code__in=codes)}
    orders = _calibrations(viewer, {lot.order_code for lot in lots.values()} - {""})
    least = dict(
        market.orders(viewer).order_by().values_list("product_code").annotate(least=Min("activity_bq"))
    )
    suppliers = {code for code, each in directory.sites(request).items() if each.kind in SUPPLYING}
    found = []
    for row in rows:
        lot, dose, entry = lots.get(row.lot), doses.get(row.lot), thrown.get(row.lot)
        own = row.posted and (lot is None or row.nuclide == lot.nuclide)
        if not own and (lot is None or row.nuclide != lot.daughter):
            continue  # progeny that nobody sells or uses
        kind = "way" if row.site is None else "waste" if row.place.endswith(f"/{WASTE}") else "store"
        product = lot.product if lot else dose.product if dose else ""
        made = lot.made_at if lot else dose.at if dose else entry.at if entry else None
        reference = made
        if lot is not None and own:
            reference = orders.get(lot.order_code) or getattr(lot.run, "released_at", None) or lot.made_at
        expires = lot.expires if lot and kind != "waste" else None
        until = None
        if own and lot is not None and kind != "waste" and least.get(product) and row.site in suppliers:
            until = at + _time_to(row.nuclide, row.activity_bq, least[product])
        ends = [moment for moment in (expires, until) if moment is not None]
        left = (min(ends) - at).total_seconds() if ends else None
        over = kind == "store" and left is not None and left < 0
        soon = kind == "store" and left is not None and 0 <= left < 6 * 3600
        status = lot.status if lot else dose.status if dose else "stored" if kind == "waste" else "available"
        if over and status == "available":
            status = "expired" if expires is not None and expires < at else "below_useful"
        elif soon and status == "available":
            status = "expiring"
        if kind == "way":
            status = "under way"
        found.append(
            Holding(
                key=row.lot,
                lot=row.lot,
                nuclide=row.nuclide,
                activity_bq=row.activity_bq,
                at=at,
                grown=not own,
                site_code=row.site,
                site=directory.site(request, row.site),
                zone=str(directory.zone(request, row.site or "")),
                where=_where(kind, row.place),
                kind=kind,
                holder=row.holder,
                product=product,
                product_name=directory.content(request, product, row.nuclide if own else "")
                if product
                else "",
                status=status,
                reference_bq=decayed(row.nuclide, row.activity_bq, at, reference)
                if own and reference
                else None,
                reference_time=reference,
                made_at=made,
                expires=expires,
                useful_until=until,
                left_s=left if left is not None and left > 0 else None,
                tone="blocked" if status == "expired" else "attention" if soon else "",
            )
        )
    return found


def _where(kind: str, place: str) -> str:
    if kind == "way":
        return _("under way to %(whom)s") % {"whom": place.partition("/")[2]}
    return _("waste store") if kind == "waste" else _("at hand")


def _calibrations(viewer: Any, codes: Iterable[str]) -> dict[str, datetime]:
    found = market.orders(viewer).filter(code__in=list(codes))
    return dict(found.values_list("code", "calibration_at"))


def _time_to(nuclide: str, activity_bq: float, least_bq: float) -> timedelta:
    """Until decay has brought it to ``least_bq`` (negative: since), at most ten years."""
    seconds = math.log(activity_bq / least_bq) / nuclide_of(nuclide).decay_const
    return timedelta(seconds=max(min(seconds, 3.2e8), -3.2e8))


def licence_use(request: HttpRequest, at: datetime) -> list[Use]:
    """Held against allowed, for every site the person may see into; the fullest first.

    What the waste store of a site holds counts: the licence speaks of the site. Of what has only come along
    with another nuclide, that alone is shown which the licence names.
    """
    viewer = request.user
    chosen = frame.site(request)
    rows = books.balances(
        viewer, at, site=chosen.code if chosen else None, progeny=False, minimum_bq=LEAST_BQ
    )
    nuclides = {product.nuclide for product in directory.products(request).values()}
    held: dict[tuple[str, str], float] = {}
    for row in rows:
        if row.site is not None:
            key = (row.site, row.nuclide)
            held[key] = held.get(key, 0.0) + row.activity_bq
    own = network.own_site_codes(viewer)
    units = frame.units(request)
    found = []
    licences = {row.id: row.licence for row in network.site_rows(viewer) if row.id in own}
    for (code, nuclide), activity in held.items():
        licence = licences.get(code)
        limit = licence.limit_bq(nuclide) if licence else None
        if code not in own or (limit is None and nuclide not in nuclides):
            continue
        found.append(
            Use(
                directory.site(request, code),
                nuclide,
                activity,
                limit,
                format_activity(activity, units),
                format_activity(limit, units) if limit else _("not licensed"),
            )
        )
    return sorted(found, key=lambda use: -use.share)


def totals(rows: Sequence[Holding], by: str) -> list[Total]:
    """Holdings by site and nuclide, by nuclide, or by product and nuclide; waste apart."""
    paths = {"sites": ("site_code", "nuclide"), "nuclides": ("nuclide",), "products": ("product", "nuclide")}
    path = paths[by]

    def key(row: Holding) -> tuple[str, ...]:
        return tuple(str(getattr(row, name) or "") for name in path)

    found = []
    for values, group in groupby(sorted(rows, key=key), key=key):
        own = list(group)
        ends = [row.expires for row in own if row.expires is not None and row.expires > row.at]
        found.append(
            Total(
                "|".join(values),
                own[0].site if by == "sites" else None,
                own[0].nuclide,
                own[0].product_name or own[0].product if by == "products" else "",
                len({row.lot for row in own if row.kind != "waste"}),
                math.fsum(row.activity_bq for row in own if row.kind != "waste"),
                own[0].at,
                math.fsum(row.activity_bq for row in own if row.kind == "waste"),
                min(ends, default=None),
                own[0].zone,
            )
        )
    return found


def curves(rows: Sequence[Holding], at: datetime, zone: str) -> dict[str, Any] | None:
    """The lots chosen from the moment of the page on, for the decay chart; daughters with their parents."""
    by_lot: dict[str, list[Holding]] = {}
    for row in rows:
        by_lot.setdefault(row.lot, []).append(row)
    if not by_lot:
        return None
    parts = list(by_lot.items())[:MOST_CURVES]
    half_lives = [nuclide_of(row.nuclide).half_life_s for _lot, own in parts for row in own if not row.grown]
    ends = [(row.expires - at).total_seconds() for _lot, own in parts for row in own if row.expires]
    # Not so long that the shortest-lived falls at once, nor past the last expiry.
    shortest = min(half_lives, default=86400.0)
    span = min(max([end for end in ends if end > 0], default=5 * shortest), 5 * shortest)
    elapsed = np.linspace(0.0, span, POINTS + 1)
    moments = [(at + timedelta(seconds=float(s))).isoformat() for s in elapsed]
    series = []
    for lot, own in parts:
        activity: dict[str, float] = {}
        for row in own:
            activity[row.nuclide] = activity.get(row.nuclide, 0.0) + row.activity_bq
        names = sorted(activity)
        result = decay(names, np.array([activity[name] for name in names]), elapsed)
        for name in names:
            found = nuclide_of(name)
            series.append(
                {
                    "id": f"{lot}/{name}",
                    "name": f"{found.isotope_markup} {lot}",
                    "name_zh": f"{found.name_zh} {lot}",
                    "points": list(zip(moments, result.of(name).tolist(), strict=True)),
                }
            )
    marks = [
        {"at": row.expires.isoformat(), "name": "expiry", "name_zh": "失效"}
        for _lot, own in parts
        for row in own
        if row.expires is not None and not row.grown and 0 < (row.expires - at).total_seconds() < span
    ]
    return {
        "timezone": zone,
        "from": at.isoformat(),
        "to": moments[-1],
        "series": series,
        "marks": marks if len(parts) == 1 else [],
    }


def _columns(tab: str, request: HttpRequest) -> list[Column]:
    if tab == "lots":
        return [
            Column("lot", _("Lot"), "lot", sort=True, href=lambda row: reverse("ledger-lot", args=[row.lot])),
            Column("product_name", _("Product"), sort=True),
            Column("nuclide", _("Nuclide"), "nuclide", sort=True),
            Column(
                "activity_bq", _("Activity"), "activity", sort=True, nuclide="nuclide", at="at", show_at=False
            ),
            Column(
                "reference_bq",
                _("At reference time"),
                "activity",
                sort=True,
                at="reference_time",
                nuclide="nuclide",
            ),
            Column("status", _("Status"), "state", sort=True),
            Column("expires", _("Expires"), "instant", sort=True),
            Column("left_s", _("Useful for"), "duration", sort=True),
            Column("useful_until", _("Below useful from"), "instant", sort=True, hidden=True),
            Column("site", _("Site"), "site", sort="site_code", hidden=bool(frame.site(request))),
            Column("where", _("Place"), sort=True),
            Column("made_at", _("Made"), "instant", sort=True, hidden=True),
            Column("holder", _("Holder"), "code", sort=True, hidden=True),
        ]
    first = {
        "sites": Column("site", _("Site"), "site", sort="key"),
        "nuclides": Column("nuclide", _("Nuclide"), "nuclide", sort=True),
        "products": Column("product", _("Product"), sort=True),
    }[tab]
    return [
        first,
        *([] if tab == "nuclides" else [Column("nuclide", _("Nuclide"), "nuclide", sort=True)]),
        Column(
            "lots",
            _("Lots"),
            "number",
            sort=True,
            href=lambda row: f"?{urlencode(_lots_of(tab, row, request))}",
        ),
        Column(
            "activity_bq", _("Activity"), "activity", sort=True, nuclide="nuclide", at="at", show_at=False
        ),
        Column(
            "waste_bq",
            _("In the waste store"),
            "activity",
            sort=True,
            nuclide="nuclide",
            at="at",
            show_at=False,
        ),
        Column("first_end", _("First expiry"), "instant", sort=True),
    ]


def _lots_of(tab: str, row: Total, request: HttpRequest) -> dict[str, str]:
    """The address of the lots behind a total."""
    kept = {"at": request.GET["at"]} if request.GET.get("at") else {}
    values = row.key.split("|")
    names = {"sites": ("site", "nuclide"), "nuclides": ("nuclide",), "products": ("product", "nuclide")}[tab]
    return kept | {name: value for name, value in zip(names, values, strict=True) if value}


@login_required
def stock(request: HttpRequest) -> HttpResponse:
    """What is where, how much now and then."""
    policy.require(request.user, "ledger.read")
    at = frame.moment(request)
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else "lots"
    everything = holdings(request, at)
    with_waste = tab != "lots" or bool(request.GET.get("waste"))
    rows = everything if with_waste else [row for row in everything if row.kind != "waste"]
    table = GroupedTable(
        request=request,
        rows=rows if tab == "lots" else totals(_narrow(request, everything), tab),
        caption=_("Stock"),
        name="stock",
        order="left_s" if tab == "lots" else "",
        row_key="key",
        row_tone="tone" if tab == "lots" else "",
        columns=_columns(tab, request),
        filters=_filters(request, everything, tab),
        bulk=[BulkAction(_("Decay curve"), _address("stock-curves", request))] if tab == "lots" else (),
        empty_title=_("No stock at this moment"),
        empty_sentence=_("Lots appear here when they are assayed, received or taken on as opening stock."),
        export_name="stock",
    )
    if table.wants_export:
        return table.export()
    chosen = [code for code in request.GET.get("lots", "").split("~~") if code]
    use = licence_use(request, at)
    at_hand = [row for row in everything if row.kind != "waste"]
    sentence = ngettext("%(count)s lot", "%(count)s lots", len({row.lot for row in at_hand})) % {
        "count": len({row.lot for row in at_hand})
    }
    nuclides = sorted(totals(at_hand, "nuclides"), key=lambda each: -each.activity_bq)
    context = {
        "table": table,
        "tab": tab,
        "tabs": [
            ("lots", _("Lots")),
            ("sites", _("By site")),
            ("nuclides", _("By nuclide")),
            ("products", _("By product")),
        ],
        "sentence": sentence,
        "at": at,
        "later": at > frame.Frame(request).now,
        "use": [each for each in use if each.share > CLOSE or len(use) <= FEW],
        "more_use": [each for each in use if each.share <= CLOSE] if len(use) > FEW else [],
        "full": [each for each in use if each.share > 0.8],
        "nuclides": nuclides[:6],
        "curves": curves([row for row in everything if row.lot in chosen], at, str(frame.zone(request))),
        "chosen": chosen,
        "least": format_activity(LEAST_BQ, frame.units(request)),
    }
    return render(request, "web/stock/stock.html", context)


def _address(name: str, request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("lots", None)
    return f"{reverse(name)}?{query.urlencode()}" if query else reverse(name)


def _filters(request: HttpRequest, rows: Sequence[Holding], tab: str) -> list[Filter]:
    chinese = frame.is_chinese()

    def keep(items: Any, _value: str) -> Any:
        return items

    names = {row.site_code: frame.named(row.site, row.site_code) for row in rows if row.site_code}
    products = {row.product: row.product_name for row in rows if row.product}
    nuclides = sorted({row.nuclide for row in rows})
    found = [
        Filter("site", _("Site"), field="site_code", choices=sorted(names.items(), key=lambda pair: pair[1])),
        Filter(
            "nuclide",
            _("Nuclide"),
            choices=[(name, nuclide_of(name).name_zh if chinese else name) for name in nuclides],
        ),
        Filter("product", _("Product"), choices=sorted(products.items(), key=lambda pair: pair[1])),
    ]
    if tab != "lots":  # totals are made of what has passed the filters already
        return [Filter(each.name, each.label, choices=each.choices, apply=keep) for each in found]
    return [
        Filter("q", _("Lot or product"), "search", fields=["lot", "product", "product_name"]),
        *found,
        Filter("waste", _("with waste"), "flag", apply=keep),
    ]


def _narrow(request: HttpRequest, rows: list[Holding]) -> list[Holding]:
    for name, path in (("site", "site_code"), ("nuclide", "nuclide"), ("product", "product")):
        value = request.GET.get(name, "")
        if value:
            rows = [row for row in rows if str(getattr(row, path) or "") == value]
    return rows


@login_required
@require_POST
def choose_curves(request: HttpRequest) -> HttpResponse:
    """From the rows chosen to the address of the page that shows their curves."""
    query = request.GET.copy()
    codes = list(dict.fromkeys(request.POST.getlist("chosen")))[:MOST_CURVES]
    if codes:
        query["lots"] = "~~".join(codes)
    return redirect(f"{reverse('stock')}?{query.urlencode()}#curves")


def lot_hits(request: HttpRequest, text: str) -> Iterable[Hit]:
    """Lots for the palette."""
    if len(text) >= 2:
        for lot in (
            production.lots(request.user).filter(code__icontains=text).order_by("-made_at")[:PER_SOURCE]
        ):
            href = reverse("ledger-lot", args=[lot.code])
            yield Hit(_("Lots"), lot.code, href, "lot", directory.product(request, lot.product))


SOURCES.append(lot_hits)
