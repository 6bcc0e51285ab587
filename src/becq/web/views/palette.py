"""Search everything (Ctrl-K): answers in JSON, at most a few of each kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, JsonResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from becq.calculators import registry
from becq.errors import InputError
from becq.physics.nuclides import parse_nuclide
from becq.platform.accounts import policy
from becq.platform.dispatch import selectors as dispatch
from becq.platform.market import selectors as market
from becq.platform.production import selectors as production
from becq.web import directory, frame
from becq.web.templatetags.calculators import words


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of the palette."""

    group: str
    label: str
    href: str
    icon: str = "arrow-right"
    detail: str = ""


Source = Callable[[HttpRequest, str], Iterable[Hit]]
PER_SOURCE = 8


def _pages(request: HttpRequest, text: str) -> Iterable[Hit]:
    needle = text.casefold()
    for place in frame.Frame(request).places:
        if needle in str(place["label"]).casefold() or needle in str(place["name"]):
            yield Hit(_("Pages"), str(place["label"]), str(place["url"]), str(place["icon"]))


def _calculators(request: HttpRequest, text: str) -> Iterable[Hit]:
    if not text:
        return
    needle = text.casefold()
    for each in registry.calculators():
        if needle in f"{each.title.en} {each.title.zh} {each.name}".casefold():
            href = reverse("calculator", args=[each.name])
            yield Hit(_("Calculators"), words(each.title), href, "calculators", words(each.sentence))


def _sites(request: HttpRequest, text: str) -> Iterable[Hit]:
    if not text:
        return
    for each in frame.sites(request):
        if text.casefold() in f"{each.code} {each.name}".casefold():
            try:
                yield Hit(_("Sites"), each.name, reverse("site", args=[each.code]), "site", each.code)
            except NoReverseMatch:
                return


def _nuclides(request: HttpRequest, text: str) -> Iterable[Hit]:
    try:
        found = parse_nuclide(text) if text else None
    except InputError:
        return
    if found is not None:
        try:
            href = reverse("stock")
        except NoReverseMatch:
            return
        label = found.name_zh if frame.is_chinese() else f"{found.isotope_markup} {found.name_en}"
        half_life = _("half-life %(text)s") % {"text": found.half_life_text}
        yield Hit(_("Nuclides"), label, f"{href}?nuclide={found.name}", "nuclide", half_life)


def _commands(request: HttpRequest, text: str) -> Iterable[Hit]:
    """What one can do, as far as one may."""
    if not text:
        return
    viewer: Any = request.user
    for name, label, icon, action in (
        ("order-new", _("New order"), "plus", "order.place"),
        ("orders-import", _("Import orders"), "upload", "order.import"),
        ("standing-orders", _("Standing orders"), "history", ""),
        ("person-new", _("New person"), "plus", "accounts.manage"),
    ):
        if text.casefold() in str(label).casefold() and (not action or policy.may(viewer, action)):
            yield Hit(_("Commands"), str(label), reverse(name), icon)


def _orders(request: HttpRequest, text: str) -> Iterable[Hit]:
    if len(text) < 2:
        return
    viewer: Any = request.user
    for row in market.orders(viewer, text=text, sort="-earliest")[:PER_SOURCE]:
        detail = f"{directory.product(request, row.product_code)} · {_site_name(request, row.site_code)}"
        yield Hit(_("Orders"), row.code, reverse("order", args=[row.code]), "order", detail)


def _lots(request: HttpRequest, text: str) -> Iterable[Hit]:
    if len(text) < 2:
        return
    viewer: Any = request.user
    for row in production.lots(viewer).filter(code__icontains=text).order_by("-made_at")[:PER_SOURCE]:
        try:
            href = reverse("ledger-lot", args=[row.code])
        except NoReverseMatch:
            return
        content = directory.content(request, row.product, row.nuclide)
        detail = f"{content} · {_site_name(request, row.site_code)}"
        yield Hit(_("Lots"), row.code, href, "lot", detail)


def _consignments(request: HttpRequest, text: str) -> Iterable[Hit]:
    if len(text) < 2:
        return
    viewer: Any = request.user
    found = dispatch.consignments(viewer).filter(code__icontains=text).order_by("-planned_depart")
    for row in found[:PER_SOURCE]:
        try:
            href = reverse("consignment", args=[row.code])
        except NoReverseMatch:
            return
        way = f"{_site_name(request, row.from_site)} → {_site_name(request, row.to_site)}"
        yield Hit(_("Consignments"), row.code, href, "consignments", way)


def _site_name(request: HttpRequest, code: str) -> str:
    return frame.named(directory.site(request, code), code)


SOURCES: list[Source] = [_pages, _commands, _calculators, _orders, _lots, _consignments, _sites, _nuclides]
"""Pages add theirs: ``SOURCES.append(orders)`` with ``orders(request, text) -> Iterable[Hit]``."""


@login_required
def palette(request: HttpRequest) -> JsonResponse:
    """Hits for ``?q=``; without a question the pages."""
    text = request.GET.get("q", "").strip()[:80]
    hits: list[dict[str, str]] = []
    for source in SOURCES:
        for count, hit in enumerate(source(request, text)):
            if count >= PER_SOURCE:
                break
            hits.append(asdict(hit))
    return JsonResponse({"hits": hits})
