"""Two plans side by side: what is served otherwise, made otherwise, and at what cost."""

from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from becq.planning.comparison import measure
from becq.platform.plans import selectors
from becq.platform.plans.models import PlanRun, RunStatus
from becq.web.plan_document import PlanDocument, gap_text
from becq.web.plan_reading import find_run, read_document, span_text
from becq.web.plan_tables import choices_of
from becq.web.tables import Column, Filter, Table


@login_required
def plan_compare(request: HttpRequest) -> HttpResponse:
    """What differs between two plans. A POST of two rows chosen in the list leads here."""
    if request.method == "POST":
        chosen = request.POST.getlist("chosen")
        if len(chosen) != 2:
            messages.error(request, _("Choose two plans to compare."))
            return redirect("plan")
        # The earlier one is what the later one is compared with.
        one, two = sorted(
            (find_run(request, code) for code in chosen), key=lambda run: (run.created_at, run.pk)
        )
        return redirect(f"{reverse('plan-compare')}?{urlencode({'a': one.code, 'b': two.code})}")
    runs = list(selectors.runs(request.user, status=RunStatus.DONE))  # type: ignore[arg-type]
    a, b = (request.GET.get(name, "") for name in ("a", "b"))
    context: dict[str, Any] = {"runs": runs, "a": a, "b": b}
    if a and b:
        context |= _comparison(request, find_run(request, a), find_run(request, b))
    return render(request, "web/plan/compare.html", context)


def _comparison(request: HttpRequest, a: PlanRun, b: PlanRun) -> dict[str, Any]:
    viewer = request.user
    found = selectors.compare(viewer, a, b)  # type: ignore[arg-type]
    one, two = read_document(request, a), read_document(request, b)
    whole = one.document["whole"]
    headline = found["headline"] | (_measures(one, two) if whole else {})
    tab = request.GET.get("tab", "")
    tabs = [("orders", _("Orders")), ("batches", _("Batches")), ("products", _("Products"))]
    tab = tab if tab in dict(tabs) else "orders"
    orders = _order_differences(one, two)
    batches = _batch_differences(found["batches"], one, two)
    table = {
        "orders": lambda: _orders_compared(request, orders),
        "batches": lambda: _batches_compared(request, batches),
        "products": lambda: _products_compared(request, found["products"], two),
    }[tab]()
    counts = {"orders": len(orders), "batches": len(batches)}
    kinds = Counter(row["change"] for row in orders)
    return {
        "run_a": a,
        "run_b": b,
        "span_a": span_text(a),
        "span_b": span_text(b),
        "same_days": (a.first, a.days) == (b.first, b.days),
        "figures": _figures(headline, whole, is_like=not kinds["new"] and not kinds["left"]),
        **{kind: kinds[kind] for kind in ("gained", "lost", "changed", "new", "left")},
        "tab": tab,
        "tabs": [(name, label, counts.get(name)) for name, label in tabs],
        "table": table,
    }


def _measures(one: PlanDocument, two: PlanDocument) -> dict[str, dict[str, Any]]:
    """Loss and fairness of both plans, as ``becq compare`` reckons them."""
    a, b = measure("a", one.document), measure("b", two.document)
    return {
        name: {"a": getattr(a, name), "b": getattr(b, name)}
        for name in ("lost_share", "site_share_least", "jain")
    }


def _signed(value: float, text: str) -> str:
    return f"+{text}" if value > 0 else f"−{text}" if value < 0 else "±0"


def _figures(headline: dict[str, dict[str, Any]], whole: bool, *, is_like: bool) -> list[dict[str, str]]:
    """Headline figures with the sign of their differences, and which is better.

    :param is_like: both plans are of the same orders; else sums are not better or worse.
    """
    shown: list[tuple[str, str, Any, int]] = [("orders_served", _("Orders served"), str, 1)]
    if whole:
        shown += [
            ("served_fraction", _("Ordered activity served"), lambda value: f"{100 * value:.2f} %", 1),
            ("gap", _("Proven gap"), lambda value: f"{100 * value:.2f} %", -1),
            ("cost", _("Cost"), lambda value: f"{value:,.0f} CNY", -1),
            ("lost_share", _("Activity lost"), lambda value: f"{100 * value:.2f} %", -1),
            (
                "site_share_least",
                _("Orders served of the site that gets least"),
                lambda value: f"{100 * value:.1f} %",
                1,
            ),
            ("jain", _("Fairness between sites (Jain)"), lambda value: f"{value:.3f}", 1),
        ]
    rows = []
    for name, label, write, better in shown:
        figure = headline[name]
        if figure["a"] is None or figure["b"] is None:
            continue
        difference = figure["b"] - figure["a"]
        text = write(abs(difference))
        state = gap_text if name == "gap" else write
        is_sum = name in {"orders_served", "cost"}
        is_zero = not any(digit in "123456789" for digit in text)
        rows.append(
            {
                "label": label,
                "a": state(figure["a"]),
                "b": state(figure["b"]),
                "difference": "±0" if is_zero else _signed(difference, text),
                "tone": ""
                if is_zero or (is_sum and not is_like)
                else "done"
                if difference * better > 0
                else "attention",
            }
        )
    return rows


def _order_differences(one: PlanDocument, two: PlanDocument) -> list[dict[str, Any]]:
    """Orders served in one plan only, and those served otherwise."""
    before, after = ({row["order"]: row for row in plan.deliveries} for plan in (one, two))
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
