"""Names for the codes on a page: sites, products and their kinds, read once a request."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from becq.physics.nuclides import parse_nuclide
from becq.platform.network import selectors as network
from becq.web import frame

RUN_KINDS = {
    "reactor_irradiation": _("Reactor irradiation"),
    "accelerator_run": _("Accelerator run"),
    "solution_reactor_campaign": _("Solution reactor campaign"),
    "import": _("Import"),
    "generator_manufacture": _("Generator manufacture"),
    "labelling": _("Labelling"),
    "generator_elution": _("Elution"),
}
POSTING_KINDS = {
    "produce": _("Produced"),
    "process": _("Processed"),
    "elute": _("Eluted"),
    "transfer": _("Moved"),
    "dispatch": _("Dispatched"),
    "receive": _("Received"),
    "dispense": _("Dispensed"),
    "administer": _("Administered"),
    "discard": _("Discarded"),
    "discharge": _("Discharged to the environment"),
    "export": _("Exported"),
    "adjust": _("Adjusted to a measurement"),
    "reverse": _("Reversed"),
}
NOMINALS = {
    "production": _("Production"),
    "patient": _("Patient"),
    "environment": _("Environment"),
    "waste facility": _("Waste facility"),
    "exported": _("Exported"),
    "unaccounted": _("Unaccounted for"),
}
ORIGINS = {
    "left over": _("left over"),
    "residual of a dose": _("residual of a dose"),
    "dose not given": _("dose not given"),
    "processing loss": _("processing loss"),
    "failed": _("failed"),
}


def sites(request: HttpRequest) -> dict[str, Any]:
    """Every site of the network by code."""
    known = getattr(request, "_becq_directory", None)
    if known is None:
        known = {row.code: row for row in network.sites(request.user)}  # type: ignore[arg-type]
        request._becq_directory = known  # type: ignore[attr-defined]
    return known  # type: ignore[no-any-return]


def site(request: HttpRequest, code: str | None) -> Any:
    """A site by code; a code that the network does not know any more stands for itself."""
    found = sites(request).get(code or "")
    return found or ({"code": code, "name": code, "kind": ""} if code else None)


def zone(request: HttpRequest, code: str) -> ZoneInfo:
    """The zone of a site."""
    found = sites(request).get(code)
    return ZoneInfo(found.timezone if found is not None else settings.TIME_ZONE)


def products(request: HttpRequest) -> dict[str, Any]:
    """Every product by code."""
    known = getattr(request, "_becq_products", None)
    if known is None:
        known = {row.id: row for row in network.products(request.user)}  # type: ignore[arg-type]
        request._becq_products = known  # type: ignore[attr-defined]
    return known  # type: ignore[no-any-return]


def product(request: HttpRequest, code: str) -> str:
    """Name of a product in the language of the page."""
    found = products(request).get(code)
    return frame.named(found, code) if found is not None else code


def content(request: HttpRequest, code: str, nuclide: str) -> str:
    """Name of what a lot or dose holds: the daughter alone of a generator's product is its eluate."""
    found = products(request).get(code)
    if found is None or not nuclide or nuclide != found.daughter:
        return product(request, code)
    known = parse_nuclide(nuclide)
    return gettext("%(nuclide)s eluate") % {"nuclide": known.name_zh if frame.is_chinese() else known.name}


def share(value: float | None, of: float | None) -> float | None:
    """``value`` as a difference to ``of``, of one: +0.03 is three per cent more; None without either."""
    return None if value is None or not of else value / of - 1.0


def elapsed(later: datetime | None, earlier: datetime | None) -> float | None:
    """Seconds between two moments; None without either, or where they are the same."""
    if later is None or earlier is None:
        return None
    seconds = (later - earlier).total_seconds()
    return seconds if abs(seconds) >= 1.0 else None


def signed(part: float | None) -> str:
    """A share as a signed percentage: "+3.1 %", "−3.0 %"; "" without one."""
    if part is None:
        return ""
    percent = 100.0 * part
    shown = f"{abs(percent):.1f}" if abs(percent) < 99.95 else f"{abs(percent):.0f}"
    sign = "−" if percent < 0 and float(shown) else "+"
    return f"{sign}{shown} %"
