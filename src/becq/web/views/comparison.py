"""Plans side by side: what is served otherwise, made otherwise, and at what cost."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from becq.errors import InputError, PermissionDeniedError
from becq.platform.plans import selectors
from becq.platform.plans.models import PlanRun, RunStatus
from becq.reports.comparison_xlsx import write_comparison_xlsx
from becq.web import frame
from becq.web.comparison_figures import change_rows, figure_rows, province_rows, provinces_compared
from becq.web.event_words import event_words, variation_words
from becq.web.plan_document import PlanDocument
from becq.web.plan_reading import find_run, read_document, span_text
from becq.web.plan_tables import choices_of
from becq.web.policy_words import policy_word
from becq.web.tables import Column, Filter, Table

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


NAMES = ("a", "b", "c", "d")
"""Places of the plans in the address; the first is what the others are compared with."""


SHOWN = 4
"""Things that are otherwise in a plan, of which the table tells."""


@login_required
def plan_compare(request: HttpRequest) -> HttpResponse:
    """Two to four plans side by side. A POST of rows chosen in a list leads here."""
    if request.method == "POST":
        chosen = request.POST.getlist("chosen")
        if not 2 <= len(chosen) <= len(NAMES):
            messages.error(request, _("Choose two to four plans to compare."))
            return redirect(_back(request))
        # The earlier ones are what the later ones are compared with.
        runs = sorted((find_run(request, code) for code in chosen), key=lambda run: (run.created_at, run.pk))
        query = {name: run.code for name, run in zip(NAMES, runs, strict=False)}
        return redirect(f"{reverse('plan-compare')}?{urlencode(query)}")
    choices = list(selectors.runs(request.user, status=RunStatus.DONE))  # type: ignore[arg-type]
    codes = [request.GET.get(name, "") for name in NAMES]
    context: dict[str, Any] = {"runs": choices, "places": list(zip(NAMES, codes, strict=True))}
    found = [find_run(request, code) for code in dict.fromkeys(code for code in codes if code)]
    if len(found) == 1 and len([code for code in codes if code]) > 1:
        found *= 2  # a plan with itself
    if len(found) > 1:
        context |= _comparison(request, found)
    return render(request, "web/plan/compare.html", context)


@login_required
@require_GET
def plan_compare_export(request: HttpRequest) -> HttpResponse:
    """The comparison as a workbook."""
    codes = dict.fromkeys(code for code in (request.GET.get(name, "") for name in NAMES) if code)
    runs = [find_run(request, code) for code in codes]
    if len(runs) < 2:
        raise InputError("A comparison takes two plans or more; name another one")
    documents = {
        title(run): selectors.plan_document(request.user, run)  # type: ignore[arg-type]
        for run in runs
    }
    if not all(document["whole"] for document in documents.values()):
        raise PermissionDeniedError(_("Only the operator's people may compare whole plans."))
    with tempfile.TemporaryDirectory(prefix="becq-compare-") as folder:
        path = Path(folder) / "comparison.xlsx"
        write_comparison_xlsx(documents, path, "zh" if frame.is_chinese() else "en")
        answer = HttpResponse(path.read_bytes(), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{"-".join(codes)}.xlsx"'
    return answer


def title(run: PlanRun) -> str:
    """Code and name of a plan."""
    return f"{run.code} {run.name}".strip()


def _back(request: HttpRequest) -> str:
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        return back
    return reverse("plan")


def _comparison(request: HttpRequest, runs: list[PlanRun]) -> dict[str, Any]:
    """Everything the page shows: figures of all, and what separates one of them from the first."""
    documents = {run.code: read_document(request, run) for run in runs}
    plans = [documents[run.code] for run in runs]
    whole = plans[0].document["whole"]
    against = request.GET.get("with", "")
    b = next((run for run in runs[1:] if run.code == against), runs[1])
    a, one, two = runs[0], plans[0], documents[b.code]
    tabs = [("orders", _("Orders")), ("batches", _("Batches")), ("products", _("Products"))]
    provinces = province_rows(plans) if whole else []
    if provinces:
        tabs.append(("provinces", _("Provinces")))
    tab = request.GET.get("tab", "")
    tab = tab if tab in dict(tabs) else "orders"
    orders = _order_differences(one, two)
    sets = selectors.compare(request.user, a, b)  # type: ignore[arg-type]
    batches = _batch_differences(sets["batches"], one, two)
    table = {
        "orders": lambda: _orders_compared(request, orders),
        "batches": lambda: _batches_compared(request, batches),
        "products": lambda: _products_compared(request, sets["products"], two),
        "provinces": lambda: provinces_compared(request, provinces, runs),
    }[tab]()
    counts = {"orders": len(orders), "batches": len(batches), "provinces": len(provinces) or None}
    kinds = Counter(row["change"] for row in orders)
    differences = [kinds] + [Counter() for _run in runs[2:]]
    for number, (run, plan) in enumerate(zip(runs[1:], plans[1:], strict=True)):
        if run is not b:
            differences[number] = Counter(row["change"] for row in _order_differences(one, plan))
        else:
            differences[number] = kinds
    return {
        "columns": [
            {
                "name": name, "run": run, "span": span_text(run), "purpose": run.purpose,
                "policy": policy_word(plan.document.get("policy") or "priority"),
                **_otherwise(run, plan),
            }
            for name, run, plan in zip(NAMES, runs, plans, strict=False)
        ],
        "codes": {name: run.code for name, run in zip(NAMES, runs, strict=False)},
        "run_a": a,
        "run_b": b,
        "whole": whole,
        "same_days": all((run.first, run.days) == (a.first, a.days) for run in runs),
        "figures": figure_rows(plans, whole) + change_rows(differences),
        **{kind: kinds[kind] for kind in ("gained", "lost", "changed", "new", "left")},
        "tab": tab,
        "tabs": [(name, label, counts.get(name)) for name, label in tabs],
        "table": table,
    }  # fmt: skip


def _otherwise(run: PlanRun, plan: PlanDocument) -> dict[str, Any]:
    """What a plan has otherwise than the network and the first plan, in words."""
    if not plan.document["whole"]:
        return {"words": [], "more": 0}
    words = [event_words(row, plan) for row in plan.document.get("events") or []]
    words += [variation_words(row, plan) for row in run.variations]
    return {"words": words, "more": len(words) - SHOWN}


def _signed(value: float, text: str) -> str:
    return f"+{text}" if value > 0 else f"−{text}" if value < 0 else "±0"


def _order_differences(one: PlanDocument, two: PlanDocument) -> list[dict[str, Any]]:
    """Orders served in one plan only, and those served otherwise."""
    before, after = (_by_order(plan) for plan in (one, two))
    lack_a, lack_b = ({row["order"]: row for row in plan.unmet} for plan in (one, two))
    rows = []
    for code in sorted({*before, *after, *lack_a, *lack_b}):
        old, new = before.get(code), after.get(code)
        if old is None and new is None:
            continue
        any_row = new or old
        assert any_row is not None
        row: dict[str, Any] = {
            "order": code,
            "site": any_row["to"],
            "site_name": any_row["to_name"],
            "product": any_row["product"],
            "product_name": any_row["product_name"],
        }
        if new is None:
            lack = lack_b.get(code)
            row |= (
                {"change": "lost", "word": pgettext("order", "Lost"), "tone": "blocked", "why": lack["why"]}
                if lack
                else {
                    "change": "left",
                    "word": _("No longer planned"),
                    "tone": "planned",
                    "why": _("Delivered, under way or cancelled since."),
                }
            )
        elif old is None:
            lack = lack_a.get(code)
            row |= (
                {
                    "change": "gained",
                    "word": _("Gained"),
                    "tone": "done",
                    "why": _("Before: %(why)s") % {"why": lack["why"]},
                }
                if lack
                else {
                    "change": "new",
                    "word": _("Newly planned"),
                    "tone": "active",
                    "why": _("Not in the earlier plan."),
                }
            )
        else:
            what = _what_changed(old, new, lack_a.get(code), lack_b.get(code))
            if not what:
                continue
            row |= {"change": "changed", "word": _("Changed"), "tone": "planned", "why": what}
        rows.append(row)
    order = {"lost": 0, "gained": 1, "changed": 2, "new": 3, "left": 4}
    return sorted(rows, key=lambda row: (order[row["change"]], row["order"]))


def _by_order(plan: PlanDocument) -> dict[str, dict[str, Any]]:
    """Order → what it gets; parts of one together, counted in the product ordered, with the last arrival."""
    found: dict[str, dict[str, Any]] = {}
    for row in plan.deliveries:
        counts = row["activity_bq"] if row["counts_bq"] is None else row["counts_bq"]
        seen = found.get(row["order"])
        if seen is None:
            found[row["order"]] = row | {"activity_bq": counts}
        else:
            seen["activity_bq"] += counts
            seen["lot"] = ", ".join(sorted({*seen["lot"].split(", "), row["lot"]}))
            seen["arrive"] = max(seen["arrive"], row["arrive"])
    return found


def _what_changed(
    old: dict[str, Any], new: dict[str, Any], lack_old: dict[str, Any] | None, lack_new: dict[str, Any] | None
) -> str:
    parts = []
    if old["lot"] != new["lot"]:
        parts.append(_("lot %(old)s → %(new)s") % {"old": old["lot"], "new": new["lot"]})
    if old["arrive"] != new["arrive"]:
        late = (new["arrive"] - old["arrive"]).total_seconds()
        hours = f"{abs(late) / 3600:.1f} h"
        parts.append(
            _("arrives %(hours)s later") % {"hours": hours}
            if late > 0
            else _("arrives %(hours)s earlier") % {"hours": hours}
        )
    if old["activity_bq"] and abs(new["activity_bq"] / old["activity_bq"] - 1) > 0.005:
        change = new["activity_bq"] / old["activity_bq"] - 1
        parts.append(_("activity %(change)s") % {"change": _signed(change, f"{100 * abs(change):.1f} %")})
    if bool(lack_old) != bool(lack_new):
        lack = lack_new or lack_old
        assert lack is not None
        parts.append(_("now short: %(why)s") % {"why": lack["why"]} if lack_new else _("no longer short"))
    return _("; ").join(parts)


def _batch_differences(
    sets: dict[str, list[str]], one: PlanDocument, two: PlanDocument
) -> list[dict[str, Any]]:
    rows = []
    for name, plan, word, tone in (
        ("only_a", one, _("only in a"), "planned"),
        ("only_b", two, _("only in b"), "active"),
    ):
        wanted = set(sets[name])
        rows += [
            {**row, "where": name, "word": word, "tone": tone} for row in plan.batches if row["id"] in wanted
        ]
    return sorted(rows, key=lambda row: (row["start"], row["id"]))


def _orders_compared(request: HttpRequest, rows: list[dict[str, Any]]) -> Table:
    return Table(
        request=request,
        rows=rows,
        caption=_("Orders"),
        name="orders",
        row_key="order",
        row_tone="tone",
        export_name="comparison-orders",
        columns=[
            Column("order", _("Order"), "order", sort=True),
            Column("word", pgettext("comparison", "Change"), sort=True, template="web/plan/cells/word.html"),
            Column("site", _("Site"), "site", sort="site_name"),
            Column("product_name", _("Product"), sort=True),
            Column("why", _("Why"), wrap=True),
        ],
        filters=[
            Filter("q", _("Order or site"), "search", fields=["order", "site_name"]),
            Filter(
                "change",
                pgettext("comparison", "Change"),
                choices=[
                    ("lost", pgettext("order", "Lost")),
                    ("gained", _("Gained")),
                    ("changed", _("Changed")),
                    ("new", _("Newly planned")),
                    ("left", _("No longer planned")),
                ],
            ),
            Filter(
                "product",
                _("Product"),
                choices=choices_of((row["product"], row["product_name"]) for row in rows),
            ),
        ],
        empty_title=_("No order is served otherwise"),
    )


def _batches_compared(request: HttpRequest, rows: list[dict[str, Any]]) -> Table:
    return Table(
        request=request,
        rows=rows,
        caption=_("Batches"),
        name="batches",
        row_key="id",
        export_name="comparison-batches",
        columns=[
            Column("id", _("Batch"), "lot", sort=True),
            Column("word", _("Where"), sort=True, template="web/plan/cells/word.html"),
            Column("product_name", _("Product"), sort=True),
            Column("site", _("Site"), "site", sort="site_name"),
            Column("start", _("Start"), "instant", sort=True),
            Column("release", _("Release"), "instant", sort=True),
            Column(
                "activity_bq",
                _("Activity at release"),
                "activity",
                sort=True,
                at="reference_time",
                nuclide="nuclide",
                show_at=False,
            ),
        ],
        filters=[
            Filter("q", _("Batch, product or site"), "search", fields=["id", "product_name", "site_name"]),
            Filter(
                "where",
                _("Where"),
                choices=[("only_a", _("only in a")), ("only_b", _("only in b"))],
            ),
        ],
        empty_title=_("Both plans start the same batches"),
    )


def _products_compared(
    request: HttpRequest, products: dict[str, dict[str, float]], plan: PlanDocument
) -> Table:
    rows = [
        {
            "product": code,
            "name": plan.product(code),
            "nuclide": plan.products.get(code, {}).get("nuclide"),
            **figures,
            "difference_bq": figures["served_b_bq"] - figures["served_a_bq"],
            "difference": figures["served_b_bq"] / figures["served_a_bq"] - 1
            if figures["served_a_bq"]
            else None,
        }
        for code, figures in products.items()
    ]
    for row in rows:
        change = row["difference"]
        row["short_a_bq"], row["short_b_bq"] = row["short_a_bq"] or None, row["short_b_bq"] or None
        row["text"] = "—" if change is None else _signed(round(change, 4), f"{100 * abs(change):.1f} %")
    return Table(
        request=request,
        rows=rows,
        caption=_("Products"),
        name="products",
        row_key="product",
        order="name",
        export_name="comparison-products",
        columns=[
            Column("name", _("Product"), sort=True),
            Column("nuclide", _("Nuclide"), "nuclide", sort=True),
            Column("served_a_bq", _("Served in a"), "activity", sort=True),
            Column("served_b_bq", _("Served in b"), "activity", sort=True),
            Column("text", _("Difference"), sort="difference"),
            Column("short_a_bq", _("Short in a"), "activity", sort=True),
            Column("short_b_bq", _("Short in b"), "activity", sort=True),
        ],
        empty_title=_("Nothing is delivered in either plan"),
    )
