"""What a plan made anew changed for whom: orders, batches, and a message to each customer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from becq.platform.plans import selectors
from becq.platform.plans.models import PlanRun
from becq.web import frame
from becq.web.event_words import event_words, variation_words
from becq.web.plan_document import PlanDocument, percent
from becq.web.plan_tables import choices_of
from becq.web.tables import Column, Filter, Table

KINDS: dict[str, tuple[str | Promise, str]] = {
    "lost": (pgettext_lazy("order", "Lost"), "blocked"),
    "refused": (gettext_lazy("Refused"), "blocked"),
    "changed": (gettext_lazy("Changed"), "attention"),
    "new": (gettext_lazy("Gained"), "done"),
}
BATCHES: dict[str, tuple[str | Promise, str]] = {
    "added": (pgettext_lazy("batch", "added"), "done"),
    "dropped": (pgettext_lazy("batch", "dropped"), "planned"),
    "lost": (pgettext_lazy("batch", "lost"), "blocked"),
    "other": (pgettext_lazy("batch", "otherwise"), "attention"),
}
ORDER = {"lost": 0, "refused": 1, "changed": 2, "new": 3}


def tell_changes(request: HttpRequest, run: PlanRun, plan: PlanDocument) -> dict[str, Any]:
    """What the tab of the changes shows beside its table."""
    whole = plan.document["whole"]
    found = _seen(request, run)
    kinds = [row["kind"] for row in found["orders"]]
    told: dict[str, Any] = {
        "lost": kinds.count("lost") + kinds.count("refused"),
        "gained": kinds.count("new"),
        "changed": kinds.count("changed"),
        "batches": [
            {
                **row,
                "word": BATCHES[row["kind"]][0],
                "tone": BATCHES[row["kind"]][1],
                "product_name": plan.product(row["product"]),
                "start": datetime.fromisoformat(row["start"]),
            }
            for row in found["batches"]
        ],
        "messages": [_message(number, row, plan) for number, row in enumerate(found["messages"])],
        "more_messages": len(found["messages"]) - 100,
    }
    if not whole:
        return told
    document = plan.document
    orders = len({row["order"] for part in ("deliveries", "unmet") for row in document[part]})
    kept = max(0, orders - len(kinds))
    base_cost = run.base.cost if run.base else None
    difference = None if run.cost is None or base_cost is None else run.cost - base_cost
    notes = document.get("notes") or []
    return told | {
        "kept": kept,
        "kept_share": percent(kept / orders) if orders else "—",
        "cost_more": "—"
        if difference is None
        else f"{'+' if difference > 0 else '−' if difference < 0 else '±'}{abs(difference):,.0f} CNY",
        "words": [event_words(row, plan) for row in run.events]
        + [variation_words(row, plan) for row in run.variations],
        "notes": [note["sentence_zh"] if frame.is_chinese() else note["sentence"] for note in notes],
    }


def _seen(request: HttpRequest, run: PlanRun) -> dict[str, list[dict[str, Any]]]:
    found = selectors.changes_seen(request.user, run)  # type: ignore[arg-type]
    return found or {"orders": [], "batches": [], "messages": []}


def _message(number: int, row: dict[str, Any], plan: PlanDocument) -> dict[str, Any]:
    count = len(row["orders"])
    return {
        "number": number,
        "name": frame.named(plan.site(row["site"]), row["site"]),
        "count": ngettext("%(n)s order", "%(n)s orders", count) % {"n": count},
        "texts": [
            {"lang": "zh", "subject": row["subject_zh"], "body": row["body_zh"]},
            {"lang": "en", "subject": row["subject"], "body": row["body"]},
        ],
    }


def message_file(request: HttpRequest, run: PlanRun) -> str:
    """Every message, in both languages, as text."""
    line = "-" * 60
    parts = [
        f"{row['subject_zh']}\n{row['body_zh']}\n\n{row['subject']}\n{row['body']}\n"
        for row in _seen(request, run)["messages"]
    ]
    return f"\n{line}\n".join(parts)


def changes_table(request: HttpRequest, run: PlanRun, plan: PlanDocument) -> Table:
    """The orders that are served otherwise than before."""
    rows = []
    for row in _seen(request, run)["orders"]:
        word, tone = KINDS[row["kind"]]
        rows.append(
            {
                **row,
                "word": word,
                "tone": tone,
                "rank": ORDER[row["kind"]],
                "site": plan.site(row["site"]),
                "site_name": frame.named(plan.site(row["site"])),
                "product_name": plan.product(row["product"]),
                "before_bq": row["before"]["activity_bq"] if row["before"] else None,
                "after_bq": row["after"]["activity_bq"] if row["after"] else None,
                "arrive_before": _moment(row["before"]),
                "arrive_after": _moment(row["after"]),
                "sentence": row["sentence_zh"] if frame.is_chinese() else row["sentence"],
            }
        )
    return Table(
        request=request,
        rows=rows,
        caption=_("What changed for whom"),
        name="changes",
        row_key="order",
        row_tone="tone",
        order="rank",
        export_name=f"{run.code}-changes",
        columns=[
            Column("order", _("Order"), "order", sort=True),
            Column(
                "word", pgettext("comparison", "Change"), sort="rank", template="web/plan/cells/word.html"
            ),
            Column("site", _("Site"), "site", sort="site_name"),
            Column("product_name", _("Product"), sort=True),
            Column("before_bq", _("Before"), "activity", sort=True),
            Column("after_bq", pgettext("change", "Now"), "activity", sort=True),
            Column("arrive_before", _("Arrived before"), "instant", sort=True, hidden=True),
            Column("arrive_after", _("Arrives"), "instant", sort=True),
            Column("sentence", _("In words"), wrap=True),
        ],
        filters=[
            Filter("q", _("Order or site"), "search", fields=["order", "site_name"]),
            Filter(
                "kind",
                pgettext("comparison", "Change"),
                choices=[(kind, str(word)) for kind, (word, _tone) in KINDS.items()],
            ),
            Filter(
                "product",
                _("Product"),
                choices=choices_of((row["product"], row["product_name"]) for row in rows),
            ),
        ],
        empty_title=_("No order is served otherwise"),
    )


def _moment(service: dict[str, Any] | None) -> datetime | None:
    return datetime.fromtimestamp(service["arrive"], UTC) if service else None
