"""What delivers the last mile, in words: vehicles of a site, and how products are packed for the road."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from becq.physics.quantities import format_activity
from becq.platform.network import selectors
from becq.web import directory, frame
from becq.web.tables import Column, Filter, Table

MATERIALS: dict[str, str | Promise] = {
    "lead": gettext_lazy("lead"),
    "tungsten": gettext_lazy("tungsten"),
    "iron": gettext_lazy("iron"),
}


def vehicles_table(request: HttpRequest, own: frozenset[str]) -> Table:
    """Vehicles of sites that the person may see into; ``own`` is not needed."""
    rows: list[dict[str, Any]] = []
    for row in selectors.vehicles(request.user):  # type: ignore[arg-type]
        site = directory.site(request, row.site)
        rows.append(
            {
                "id": row.id,
                "name": frame.named(row),
                "site": site,
                "site_name": frame.named(site),
                "count": row.count,
                "packages": row.package_limit if row.package_limit is not None else "",
                "index": row.transport_index_limit if row.transport_index_limit is not None else "",
                "shift": f"{row.shift_start:%H:%M}–{row.shift_end:%H:%M}",
                "duty": row.duty,
                "loading": row.loading,
                "unloading": row.unloading,
                "cost": _("%(day)s a day, %(km)s a km, %(hour)s an hour (%(currency)s)")
                % {
                    "day": f"{row.cost_per_day:g}",
                    "km": f"{row.cost_per_km:g}",
                    "hour": f"{row.cost_per_hour:g}",
                    "currency": row.currency,
                },
                "source": " ".join(part for part in (row.source, row.assumption) if part),
            }
        )
    return Table(
        request=request,
        rows=rows,
        caption=_("Vehicles"),
        name="vehicles",
        row_key="id",
        export_name="vehicles",
        columns=[
            Column("id", _("Code"), "code", sort=True, hidden=True),
            Column("name", pgettext("van", "Vehicle"), sort=True, wrap=True),
            Column("site", _("Site"), "site", sort="site_name"),
            Column("count", _("How many"), "number", sort=True),
            Column("packages", _("Packages in a round"), "number"),
            Column("index", _("Transport index in a round"), "number"),
            Column("shift", _("Shift"), sort=True),
            Column("duty", _("Longest duty"), "duration"),
            Column("loading", _("Loading"), "duration"),
            Column("unloading", _("Handing over"), "duration"),
            Column("cost", _("Cost")),
            Column("source", _("Source"), hidden=True, wrap=True),
        ],
        filters=[Filter("q", _("Vehicle or site"), "search", fields=["id", "name", "site_name"])],
        empty_title=_("No vehicles that you may see"),
        empty_sentence=pgettext("vehicles", "They come with the network file, in its sheet vehicles."),
    )


def packagings_table(request: HttpRequest, own: frozenset[str]) -> Table:
    """How products are packed; ``own`` is not needed."""
    units = frame.units(request)
    names = {row.id: frame.named(row) for row in selectors.products(request.user)}  # type: ignore[arg-type]
    rows: list[dict[str, Any]] = []
    for row in selectors.packagings(request.user):  # type: ignore[arg-type]
        material = str(MATERIALS.get(row.shield or "", row.shield or ""))
        rows.append(
            {
                "id": row.id,
                "products": _(", ").join(names.get(name, name) for name in row.products),
                "shield": f"{material} {row.thickness_mm:g} mm" if row.shield else _("none"),
                "radius": row.radius_mm,
                "capacity": format_activity(row.capacity, units) if row.capacity else "",
                "source": " ".join(part for part in (row.source, row.assumption) if part),
            }
        )
    return Table(
        request=request,
        rows=rows,
        caption=_("Packagings"),
        name="packagings",
        row_key="id",
        export_name="packagings",
        columns=[
            Column("id", _("Code"), "code", sort=True),
            Column("products", _("Products"), wrap=True),
            Column("shield", _("Shield")),
            Column("radius", _("From the activity to the outside"), "number", unit="mm"),
            Column("capacity", _("Most in one package")),
            Column("source", _("Source"), wrap=True),
        ],
        empty_title=_("No packagings"),
        empty_sentence=pgettext("packagings", "They come with the network file, in its sheet packagings."),
    )


__all__ = ["packagings_table", "vehicles_table"]
