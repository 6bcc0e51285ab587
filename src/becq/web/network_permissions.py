"""Where the law comes into the network, in words: places, licensed operations, approvals of transfers."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from becq.chain.operations import operations
from becq.chain.regions import division_name, region_code
from becq.chain.site import Site
from becq.physics.quantities import format_activity
from becq.platform.network import selectors
from becq.web import directory, frame
from becq.web.tables import Column, Filter, Table

TRADES = {
    "domestic": gettext_lazy("Within the country"),
    "import": pgettext_lazy("trade", "Import"),
    "export": pgettext_lazy("trade", "Export"),
}
USE_CLASSES = {
    1: gettext_lazy("Class 1"),
    2: gettext_lazy("Class 2"),
    3: gettext_lazy("Class 3"),
    4: gettext_lazy("Class 4"),
}


def place_row(row: Site) -> dict[str, Any]:
    """Where a site lies, and whose rules hold there."""
    province = region_code(row, "province")
    return {
        "jurisdiction": row.jurisdiction,
        "division": row.division or "",
        "division_name": division_name(row.division, zh=frame.is_chinese()) if row.division else "",
        "province_code": province or row.province or "",
        "province": (division_name(province, zh=frame.is_chinese()) if province else row.province) or "",
        "use_class": str(USE_CLASSES[row.use_class]) if row.use_class else "",
    }


def operation_rows(request: HttpRequest, row: Site) -> list[dict[str, Any]]:
    """What the licence allows to be handled in each workplace."""
    units = frame.units(request)
    return [
        {
            "workplace": (frame.is_chinese() and each.workplace_zh) or each.workplace,
            "class": each.workplace_class,
            "nuclide": each.nuclide,
            "operation": _operation(each.operation),
            "daily": format_activity(each.daily_limit, units),
            "yearly": format_activity(each.yearly_limit, units) if each.yearly_limit else "",
        }
        for each in (row.licence.operations if row.licence else ())
    ]


def _operation(code: str | None) -> str:
    found = operations().get(code or "")
    if found is None:
        return code or ""
    zh = frame.is_chinese()
    return f"{found.name_zh}（{found.state_zh}）" if zh else f"{found.name_en} ({found.state_en})"


def approvals_table(request: HttpRequest, own: frozenset[str]) -> Table:
    """Approvals of transfers, as far as the person may see them; ``own`` is not needed."""
    today = frame.moment(request).date()
    rows = []
    for row in selectors.approvals(request.user):  # type: ignore[arg-type]
        ends = {
            end: directory.site(request, code)
            for end, code in (("from", row.origin), ("to", row.destination))
        }
        rows.append(
            {
                "id": row.id,
                **ends,
                "from_name": frame.named(ends["from"]),
                "to_name": frame.named(ends["to"]),
                "nuclide": row.nuclide,
                "activity": row.activity,
                "trade": row.trade,
                "trade_word": str(TRADES[row.trade]),
                "number": row.number or "",
                "valid_from": row.valid_from.isoformat(),
                "valid_until": row.valid_until.isoformat(),
                "year": str(row.valid_from.year),
                "holds": "yes" if row.valid_from <= today <= row.valid_until else "no",
                "source": " ".join(part for part in (row.source, row.assumption) if part),
            }
        )
    return Table(
        request=request,
        rows=rows,
        caption=_("Approvals of transfers"),
        name="approvals",
        row_key="id",
        order="-valid_until",
        export_name="approvals",
        columns=[
            Column("id", _("Code"), "code", sort=True),
            Column("number", _("Number of the approval"), sort=True),
            Column("from", _("From"), "site", sort="from_name"),
            Column("to", _("To"), "site", sort="to_name"),
            Column("nuclide", _("Nuclide"), "nuclide", sort=True),
            Column("activity", _("Approved"), "activity", sort=True, show_at=False),
            Column("trade_word", _("Trade"), sort=True),
            Column("valid_from", _("Valid from"), sort=True),
            Column("valid_until", _("Valid until"), sort=True),
            Column("source", _("Source"), hidden=True, wrap=True),
        ],
        filters=[
            Filter("q", _("Number or site"), "search", fields=["id", "number", "from_name", "to_name"]),
            Filter("nuclide", _("Nuclide"), choices=[(n, n) for n in sorted({r["nuclide"] for r in rows})]),
            Filter("trade", _("Trade"), choices=list(TRADES.items())),
            Filter("holds", _("Valid today"), choices=[("yes", _("yes")), ("no", _("no"))]),
        ],
        empty_title=_("No approvals that you may see"),
        empty_sentence=pgettext("approvals", "They come with the network file, in its sheet approvals."),
    )


__all__ = ["TRADES", "USE_CLASSES", "approvals_table", "operation_rows", "place_row"]
