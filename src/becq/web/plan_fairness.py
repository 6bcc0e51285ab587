"""Tabs of a plan that say who gets which share of what, and what more of each limit would be worth."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from becq.planning.load_days import DailyLoad
from becq.platform.plans.loads import plan_loads
from becq.platform.plans.models import PlanRun
from becq.web import frame
from becq.web.plan_document import PlanDocument, percent
from becq.web.plan_tables import choices_of
from becq.web.policy_words import LIMIT_WORDS, UNIT_WORDS, policy_word
from becq.web.tables import Column, Filter, Table

VIEWS = ("product", "province", "hospital")
SHARE = "web/plan/cells/share.html"


def shares_context(request: HttpRequest, run: PlanRun, plan: PlanDocument) -> dict[str, Any]:
    """What stands above the table of shares: the policy, how sure its stages are, and which table it is."""
    fairness = plan.document["fairness"]
    stages = fairness.get("stages") or {}
    view = _view(request)
    labels = {"product": _("By product"), "province": _("By province"), "hospital": _("Least hospitals")}
    return {
        "policy": policy_word(plan.document.get("policy") or run.policy),
        "stages": stages,
        "stages_gap": percent(stages.get("gap"), 2),
        "beyond": len(fairness.get("out_of_reach") or ()),
        "view": view,
        "views": [(name, labels[name]) for name in VIEWS],
    }


def shares_table(request: HttpRequest, run: PlanRun, plan: PlanDocument) -> Table:
    """Shares by product, by province and product, or of the hospitals with the least."""
    return {"province": _province_table, "hospital": _hospital_table}.get(_view(request), _product_table)(
        request, run, plan
    )


def _view(request: HttpRequest) -> str:
    view = request.GET.get("view", "")
    return view if view in VIEWS else VIEWS[0]


def _bar(share: float | None) -> dict[str, Any]:
    return {"share": share, "width": f"{100 * (share or 0.0):.1f}"}


def _product_table(request: HttpRequest, run: PlanRun, plan: PlanDocument) -> Table:
    fairness = plan.document["fairness"]
    provinces = {row["province"]: row for row in fairness["provinces"]}
    rows = []
    for row in fairness["products"]:
        reach = row["reachable_bq"]
        place = provinces.get(row["least_province"])
        rows.append(
            {
                **row,
                "name": plan.product(row["product"]),
                "least": plan.site(row["least_hospital"]) if row["least_hospital"] else None,
                "least_name": frame.named(plan.site(row["least_hospital"] or ""), ""),
                "province_name": frame.named(place, "") if place else "",
                "nuclide": plan.products.get(row["product"], {}).get("nuclide"),
                "jain_text": None if row["jain_hospitals"] is None else f"{row['jain_hospitals']:.3f}",
                **_bar(row["served_bq"] / reach if reach else None),
            }
        )
    return Table(
        request=request,
        rows=rows,
        caption=_("Shares by product"),
        name="shares-product",
        row_key="product",
        order="least_hospital_share",
        export_name=f"{run.code}-shares",
        per_page=100,
        columns=[
            Column("name", _("Product"), sort=True),
            Column("nuclide", _("Nuclide"), "nuclide", sort=True, hidden=True),
            Column("share", _("Served of what could be reached"), sort=True, template=SHARE),
            Column("hospitals", _("Hospitals"), "number", sort=True),
            Column("least_hospital_share", _("Least share of a hospital"), "percent", sort=True),
            Column("least", _("Hospital"), "site", sort="least_name"),
            Column("least_province_share", _("Least share of a province"), "percent", sort=True),
            Column("province_name", _("Province"), sort=True),
            Column("jain_text", _("Jain index of the hospitals"), sort="jain_hospitals"),
            Column("unreachable", _("Hospitals out of reach"), "number", sort=True),
        ],
        empty_title=_("Nothing was ordered"),
    )


def _province_table(request: HttpRequest, run: PlanRun, plan: PlanDocument) -> Table:
    rows = [
        {
            **row,
            "id": f"{row['province']}|{row['product']}",
            "place": frame.named(row, row["province"]),
            "product_name": plan.product(row["product"]),
            **_bar(row["share"]),
        }
        for row in plan.document["fairness"]["provinces"]
    ]
    return Table(
        request=request,
        rows=rows,
        caption=_("Shares by province"),
        name="shares-province",
        row_key="id",
        order="share",
        export_name=f"{run.code}-provinces",
        columns=[
            Column("place", _("Province"), sort=True),
            Column("product_name", _("Product"), sort=True),
            Column("share", _("Served of what could be reached"), sort=True, template=SHARE),
            Column("orders", _("Orders"), "number", sort=True),
            Column("ordered_bq", _("Ordered"), "activity", sort=True),
            Column("reachable_bq", _("Could be reached"), "activity", sort=True, hidden=True),
            Column("served_bq", _("Served"), "activity", sort=True),
        ],
        filters=[
            Filter("q", _("Province"), "search", fields=["place"]),
            Filter(
                "product",
                _("Product"),
                choices=choices_of((row["product"], row["product_name"]) for row in rows),
            ),
            Filter("short", _("Short only"), "flag", apply=_short),
        ],
        empty_title=_("Nothing was ordered"),
    )


def _short(rows: list[dict[str, Any]], value: str) -> list[dict[str, Any]]:
    return [row for row in rows if row["share"] is not None and row["share"] < 1 - 1e-4]


def _hospital_table(request: HttpRequest, run: PlanRun, plan: PlanDocument) -> Table:
    rows = [
        {
            **row,
            "id": f"{row['site']}|{row['product']}",
            "hospital": plan.site(row["site"]),
            "hospital_name": frame.named(plan.site(row["site"]), row["site"]),
            "product_name": plan.product(row["product"]),
            **_bar(row["share"]),
        }
        for row in plan.document["fairness"]["hospitals"]
    ]
    return Table(
        request=request,
        rows=rows,
        caption=_("Hospitals with the least share"),
        name="shares-hospital",
        row_key="id",
        order="share",
        export_name=f"{run.code}-hospitals",
        columns=[
            Column("product_name", _("Product"), sort=True),
            Column("hospital", _("Hospital"), "site", sort="hospital_name"),
            Column("share", _("Served of what could be reached"), sort=True, template=SHARE),
            Column("orders", _("Orders"), "number", sort=True),
            Column("ordered_bq", _("Ordered"), "activity", sort=True),
            Column("served_bq", _("Served"), "activity", sort=True),
        ],
        filters=[
            Filter("q", _("Hospital"), "search", fields=["hospital_name", "site"]),
            Filter(
                "product",
                _("Product"),
                choices=choices_of((row["product"], row["product_name"]) for row in rows),
            ),
        ],
        empty_title=_("Every hospital gets what could reach it"),
    )


def limits_table(request: HttpRequest, run: PlanRun, plan: PlanDocument) -> Table:
    """What limits the plan: each limit with its price where that is highest, and the load of resources."""
    loads = {each.id: each for each in plan_loads(request.user, run) if each.kind == "resource"}  # type: ignore[arg-type]
    rows = limit_rows(run, plan, loads)
    return Table(
        request=request,
        rows=rows,
        caption=_("What limits this plan"),
        name="limits",
        row_key="key",
        order="-orders",
        export_name=f"{run.code}-limits",
        columns=[
            Column("kind_word", _("Limit"), sort=True),
            Column("name", _("Whose"), sort=True, href="url"),
            Column("site", _("Site"), "site", sort="site_name", hidden=True),
            Column("nuclide", _("Nuclide"), "nuclide", sort=True),
            Column("orders", _("Orders more"), "number", sort=True),
            Column("saving", _("Cost less (CNY)"), "number", path=_whole, sort="saving"),
            Column("unit_word", pgettext("price", "per"), sort=True),
            Column("start", _("Dearest at"), "instant", sort=True),
            Column("times", _("Binds"), "number", sort=True, hidden=True),
            Column("share", _("Load"), sort=True, template="web/plan/cells/limit_load.html"),
        ],
        filters=[
            Filter("q", _("Resource, lane or site"), "search", fields=["name", "site_name", "id"]),
            Filter("kind", _("Limit"), choices=choices_of((row["kind"], row["kind_word"]) for row in rows)),
        ],
        empty_title=_("Nothing that could be had more of limits this plan"),
    )


def _whole(row: Mapping[str, Any]) -> int | None:
    return round(row["saving"]) or None


def limit_rows(
    run: PlanRun, plan: PlanDocument, loads: Mapping[str, DailyLoad] = MappingProxyType({})
) -> list[dict[str, Any]]:
    """Each limit once, by its highest price.

    :param loads: resource → its load.
    """
    found: dict[str, dict[str, Any]] = {}
    made_on = {row["process"]: row["resource"] for row in plan.document["batches"] if row["process"]}
    for price in sorted(plan.document.get("prices") or (), key=lambda row: (-row["service"], -row["saving"])):
        key = "|".join(str(price[name] or "") for name in ("kind", "id", "nuclide", "origin", "to"))
        if key in found:
            found[key]["times"] += 1
            continue
        code = price["id"]
        resource = plan.resources.get(code) or plan.resources.get(made_on.get(code) or "")
        place = price["site"] or price["origin"] or ""
        load = loads.get(resource["id"]) if resource else None
        ends = [frame.named(plan.site(price[name]), price[name]) for name in ("origin", "to") if price[name]]
        url = reverse("site", args=[place]) if place in plan.sites else ""
        if resource:
            query = urlencode({"tab": "load", "q": frame.named(resource, "")})
            url = f"{reverse('plan-run', args=[run.code])}?{query}"
        share = load.mean if load is not None else None
        found[key] = {
            **price,
            "key": key,
            "times": 1,
            "kind_word": str(LIMIT_WORDS.get(price["kind"], price["kind"])),
            "name": " → ".join(ends) if len(ends) > 1 else frame.named(price, code),
            "url": url,
            "site": plan.site(place) if place else None,
            "site_name": frame.named(plan.site(place), place) if place else "",
            "start": datetime.fromisoformat(price["start"]) if price["start"] else None,
            "unit_word": str(UNIT_WORDS.get(price["unit"], price["unit"])),
            "orders": price["orders"] or None,
            "share": share,
            "width": f"{min(100.0, 100 * (share or 0.0)):.1f}",
            "used_h": sum(load.taken) if load is not None else None,
            "available_h": sum(load.available) if load is not None else None,
        }
    return list(found.values())
