"""Search everything (Ctrl-K): answers in JSON, at most a few of each kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, JsonResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from becq.errors import InputError
from becq.physics.nuclides import parse_nuclide
from becq.web import frame


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


SOURCES: list[Source] = [_pages, _sites, _nuclides]
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
