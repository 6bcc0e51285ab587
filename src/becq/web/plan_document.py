"""A plan's document as pages show it: rows of tables, losses, what was chosen.

``plans.selectors.plan_document`` gives what the viewer may see as plain JSON; here moments become
datetimes, codes get their names, and sums are made. Nothing is read from the database.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from becq.planning.losses import STAGES
from becq.web import frame
from becq.web.directory import RUN_KINDS
from becq.web.plan_columns import carried

KINDS = {**RUN_KINDS, "stock": _("In stock"), "free": _("Package under way")}
STAGE_WORDS = {
    "processing": _("Processing"),
    "storage": _("Storage"),
    "transport": _("Transport"),
    "waiting": _("Waiting at the receiver"),
    "unused": _("Not used"),
}
REASONS = {
    "no_capacity": (
        _("No capacity"),
        _("Ask for another day, or add a batch, a shift or a maker."),
    ),
    "too_far": (_("Too far"), _("Needs a faster lane or a maker nearer by.")),
    "outage": (_("Outage"), _("Shorten or move the outage, then plan again.")),
    "licence_limit": (
        _("Licence limit"),
        _("Raise the possession limit, or have the site receive less at a time."),
    ),
    "lane_full": (_("Lane full"), _("Add a departure or packages, or widen the delivery window.")),
    "no_batch_in_time": (_("No batch in time"), _("Add a start time, or move the delivery window.")),
    "not_made": (_("Not made"), _("Find a maker or a supplier for this product.")),
    "no_route": (_("No lane"), _("Add a lane to the site.")),
    "specific_activity": (_("Specific activity"), _("Needs a fresher batch or a shorter way.")),
    "approval": (_("Transfer approval"), _("Apply for the transfer, or for more activity.")),
    "licence_scope": (_("Sender's licence"), _("Needs a supplier whose licence covers selling.")),
    "use_class": (_("Use licence"), _("Needs a use licence of a higher class.")),
    "impurity": (_("Impurities"), _("Needs a purer batch, or one nearer to its end of bombardment.")),
    "workplace_limit": (
        _("Workplace limit"),
        _("Move the order to another day, or raise the daily limit of the workplace."),
    ),
    "maker_limit": (
        _("Maker's licence limit"),
        _("Raise the possession limit of the maker, or make less at a time."),
    ),
    "transport_index": (_("Transport index"), _("Use another departure, or a heavier shield.")),
    "pinned": (_("Pinned"), _("Remove the pin, then plan again.")),
}
"""Reason code of an unmet order → its word and what would help."""

CREATING = frozenset({"reactor_irradiation", "accelerator_run", "solution_reactor_campaign", "import"})
STATUSES = {
    "planned": "planned",
    "assayed": "processing",
    "released": "released",
    "failed": "failed",
    "cancelled": "cancelled",
}
"""Status of a production run → state of the Gantt."""
_INSTANTS = ("start", "eob", "release", "expires", "reference_time", "depart", "arrive")


def percent(value: float | None, digits: int = 1) -> str:
    """A fraction in per cent; a dash for nothing."""
    return "—" if value is None else f"{100 * value:.{digits}f} %"


def gap_text(value: float | None) -> str:
    """How far a plan may be from the best, in per cent; what rounds to nothing is not shown as nothing."""
    return "< 0.01 %" if value is not None and 0 < value < 1e-4 else percent(value, 2)


def money(value: float | None) -> str:
    """A sum in the currency of the plan's costs."""
    return "—" if value is None else f"{value:,.0f} CNY"


def reason_word(code: str) -> str:
    """A reason in the language of the page."""
    return str(REASONS[code][0]) if code in REASONS else code


class PlanDocument:
    """The document with what pages ask of it.

    :param pins: draft pins, for the planner; empty for others.
    :param statuses: batch → status of its production run, once the plan is committed.
    :param pins_url: where pins are set.
    :param present: what has begun by then is not pinned any more.
    :param now: moment that tells whether what is not reported done is under way or late.
    """

    def __init__(
        self,
        document: Mapping[str, Any],
        *,
        pins: Mapping[str, Any] | None = None,
        statuses: Mapping[str, str] | None = None,
        pins_url: str = "",
        now: datetime | None = None,
        present: datetime | None = None,
    ) -> None:
        self.document = document
        self.pins = pins or {}
        self.statuses = statuses or {}
        self.pins_url = pins_url
        self.now = now
        self.zone = ZoneInfo(document["timezone"])
        self.start, self.end = (datetime.fromisoformat(document[name]) for name in ("from", "to"))
        self.present = present or self.start
        self.sites = {row["id"]: {**row, "code": row["id"]} for row in document["sites"]}
        self.products = {row["id"]: row for row in document["products"]}
        self.resources = {row["id"]: row for row in document["resources"]}

    # --- names ----------------------------------------------------------------------------------

    def site(self, code: str) -> dict[str, Any]:
        """A site by code."""
        return self.sites.get(code) or {"id": code, "code": code, "name": code, "kind": ""}

    def product(self, code: str) -> str:
        """Name of a product."""
        return frame.named(self.products.get(code, {}), code)

    def resource(self, code: str | None) -> str:
        """Name of a resource; "" for none."""
        return frame.named(self.resources.get(code or "", {}), code or "")

    def status(self, batch: Mapping[str, Any]) -> str:
        """State of a batch whose run is known: what was reported of it, else what the time says."""
        reported = self.statuses.get(batch["id"], "")
        if reported != "planned" or self.now is None:
            return STATUSES.get(reported, "")
        if batch["eob"] <= self.now:
            return "late"
        return "running" if batch["start"] <= self.now else "planned"

    # --- rows -----------------------------------------------------------------------------------

    @cached_property
    def batches(self) -> list[dict[str, Any]]:
        """Batches that are started, and lots in stock that are used, by start."""
        served = Counter(row["lot"] for row in self.document["deliveries"])
        pinned = self.pins.get("batches", {})
        rows = []
        for row in self.document["batches"]:
            found = _timed(row)
            found |= {
                "is_stock": row["kind"] == "stock",
                "kind_word": str(KINDS.get(row["kind"], row["kind"])),
                "site": self.site(row["site"]),
                "site_name": frame.named(self.site(row["site"])),
                "resource_name": self.resource(row["resource"]),
                "product_name": self.product(row["product"]),
                "orders": served[row["id"]],
                "used_share": row["used_bq"] / row["activity_bq"] if row["activity_bq"] else None,
                "pinnable": row["kind"] != "stock" and self._is_movable(row),
                "pin": pinned.get(row["id"], ""),
                "pins_url": self.pins_url,
                "status": self.status(found),
            }
            rows.append(found)
        return sorted(rows, key=lambda row: (row["start"], row["id"]))

    @cached_property
    def deliveries(self) -> list[dict[str, Any]]:
        """What orders receive, by departure."""
        return self._moves(self.document["deliveries"])

    @cached_property
    def supplies(self) -> list[dict[str, Any]]:
        """What goes from one maker to another."""
        return self._moves(self.document["supplies"])

    def _moves(self, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        pinned = self.pins.get("deliveries", {})
        found = []
        parts = Counter(row["order"] for row in self.document["deliveries"])
        for row in rows:
            move = _timed(row)
            instead = row.get("instead_of") or ""
            several = parts[row["order"]] > 1
            move |= {
                "product_words": self._product_words(row["product"], instead, several),
                "counts_bq": row["counts_bq"] if instead else None,
                "from": self.site(row["from"]),
                "to": self.site(row["to"]),
                "from_name": frame.named(self.site(row["from"])),
                "to_name": frame.named(self.site(row["to"])),
                "product_name": self.product(row["product"]),
                "pinnable": move["depart"] > self.present and not several,
                "duration_s": (move["arrive"] - move["depart"]).total_seconds(),
                "way": " → ".join(leg["lane"] for leg in row["legs"]),
                "legs": [
                    {
                        **leg,
                        "from": self.site(leg["from"]),
                        "to": self.site(leg["to"]),
                        "start": datetime.fromisoformat(leg["start"]),
                        "end": datetime.fromisoformat(leg["end"]),
                    }
                    for leg in row["legs"]
                ],
                "pin": _delivery_pin(pinned, row["order"]),
                "pins_url": self.pins_url,
            }
            found.append(move)
        return sorted(found, key=lambda row: (row["depart"], row["id"]))

    def _product_words(self, product: str, instead_of: str, several: bool) -> str:
        """What comes, in place of what, and whether it is only a part."""
        name = self.product(product)
        if instead_of:
            name = gettext("%(product)s instead of %(ordered)s") % {
                "product": name,
                "ordered": self.product(instead_of),
            }
        return gettext("%(product)s, a part") % {"product": name} if several else name

    @cached_property
    def unmet(self) -> list[dict[str, Any]]:
        """Orders not served, or served too little."""
        served = {row["order"] for row in self.document["deliveries"]}
        pinned = self.pins.get("deliveries", {})
        return [
            {
                **row,
                "site": self.site(row["site"]),
                "site_name": frame.named(self.site(row["site"])),
                "product_code": row["product"],
                "product_name": self.product(row["product"]),
                "reason_word": reason_word(row["reason"]),
                "remedy": str(REASONS[row["reason"]][1]) if row["reason"] in REASONS else "",
                "why": row["sentence_zh"] if frame.is_chinese() else row["sentence"],
                "partly": row["order"] in served,
                "tone": "attention" if row["order"] in served else "blocked",
                "pin": _delivery_pin(pinned, row["order"]),
                "pins_url": self.pins_url,
            }
            for row in self.document["unmet"]
        ]

    @property
    def reasons(self) -> list[tuple[str, str, int]]:
        """Reasons of unmet orders with their words and numbers, the most frequent first."""
        counts = Counter(row["reason"] for row in self.document["unmet"])
        return [(code, reason_word(code), number) for code, number in counts.most_common()]

    # --- sums -----------------------------------------------------------------------------------

    @cached_property
    def losses(self) -> list[dict[str, Any]]:
        """Activity lost to decay and processing by nuclide and stage, with shares of all that is lost."""
        made: dict[str, float] = defaultdict(float)
        for row in self.document["batches"]:
            if row["kind"] in CREATING or row["kind"] == "stock":
                made[row["nuclide"]] += row["activity_eob_bq"]
        rows = []
        for name, stages in (self.document.get("lost_bq") or {}).items():
            total = sum(stages.values())
            rows.append(
                {
                    "nuclide": name,
                    "made_bq": made.get(name),
                    "total_bq": total,
                    "stages": [
                        {
                            "bq": stages.get(stage, 0.0),
                            "share": stages.get(stage, 0.0) / total if total else None,
                        }
                        for stage in STAGES
                    ],
                }
            )
        return rows

    @property
    def lost_bq(self) -> float | None:
        """All activity lost."""
        return sum(row["total_bq"] for row in self.losses) if self.losses else None

    # --- islands --------------------------------------------------------------------------------

    @property
    def drawing(self) -> dict[str, Any]:
        """What Gantt and map draw; supplies travel as deliveries do."""
        given = self.document
        batches = [
            {
                **{name: row[name] for name in _DRAWN},
                "status": "lost" if row.get("state") == "lost" else self.status(_timed(row)),
                "pinned": bool(self.pins.get("batches", {}).get(row["id"])) or row["pinned"],
                "movable": self._is_movable(row),
            }
            for row in given["batches"]
        ]
        moves = [*given["deliveries"], *given["supplies"]]
        concerned = {row["site"] for row in (*given["batches"], *given["unmet"], *given["resources"])}
        for row in moves:
            concerned |= {row["from"], row["to"]}
            for leg in row["legs"]:
                concerned |= {leg["from"], leg["to"]}
        whole = bool(given.get("whole"))
        return {
            **{name: given[name] for name in ("name", "from", "to", "timezone", "resources", "unmet")},
            "sites": [row for row in given["sites"] if whole or row["id"] in concerned],
            "products": [
                {name: row.get(name) for name in ("id", "name", "name_zh")} for row in given["products"]
            ],
            "batches": batches,
            "carried": carried(moves),
        }

    def _is_movable(self, row: Mapping[str, Any]) -> bool:
        """Whether the next plan may have it start at another time: one to be made that has not begun."""
        return bool(
            row.get("process")
            and row.get("state", "planned") == "planned"
            and datetime.fromisoformat(row["start"]) > self.present
        )

    # --- what was chosen ------------------------------------------------------------------------

    def chosen_batch(self, code: str) -> dict[str, Any] | None:
        """A batch with what it takes and whom it serves."""
        row = next((each for each in self.batches if each["id"] == code), None)
        if row is None:
            return None
        return {
            **row,
            "serves": [each for each in self.deliveries if each["lot"] == code],
            "feeds": [each for each in self.supplies if each["lot"] == code],
        }

    def chosen_delivery(self, code: str) -> dict[str, Any] | None:
        """A delivery or supply with what travels with it on one of its legs."""
        moves = [*self.deliveries, *self.supplies]
        row = next((each for each in moves if each["id"] == code), None)
        if row is None:
            return None
        legs = {_leg(leg) for leg in row["legs"]}
        together = [
            each for each in moves if each is not row and any(_leg(leg) in legs for leg in each["legs"])
        ]
        return {**row, "together": together, "is_supply": row in self.supplies}

    def chosen_site(self, code: str) -> dict[str, Any] | None:
        """A site with what it makes, sends, receives and lacks."""
        if code not in self.sites:
            return None
        moves = [*self.deliveries, *self.supplies]
        return {
            **self.sites[code],
            "makes": sum(1 for row in self.batches if row["site"]["id"] == code and not row["is_stock"]),
            "sends": sum(1 for row in moves if row["from"]["id"] == code),
            "receives": [row for row in moves if row["to"]["id"] == code],
            "lacks": [row for row in self.unmet if row["site"]["id"] == code],
        }


_DRAWN = (
    "id", "process", "kind", "site", "resource", "product", "nuclide", "start", "eob", "release", "expires",
    "activity_bq", "reference_time", "used_bq",
)  # fmt: skip


def _timed(row: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(row)
    for name in _INSTANTS:
        if found.get(name):
            found[name] = datetime.fromisoformat(found[name])
    return found


def _leg(leg: Mapping[str, Any]) -> tuple[Any, ...]:
    return (leg["lane"], leg["from"]["id"], leg["to"]["id"], leg["start"])


def _delivery_pin(pinned: Mapping[str, str | None], order: str) -> str:
    """ "keep", "refuse" or "" """
    return "" if order not in pinned else "refuse" if pinned[order] is None else "keep"
