"""What changed between two plans, for whom, and how to say it to them.

Works on plans as data (``Plan.as_dict(network)``), so that saved plans are compared as well as fresh ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from becq.physics.quantities import format_activity
from becq.planning.plan import counted_bq

Record = Mapping[str, Any]
SAME_SHARE = 1e-3
"""Activities that differ by less are called the same."""
SAME_S = 60.0
"""So are moments within a minute."""

REASONS: Mapping[str, tuple[str, str]] = {
    "outage": ("production stands still", "生产停运"),
    "event": ("what was to be sent could not leave as planned", "原定发运的货物未能按计划发出"),
    "lane_full": ("the departures that would arrive in time are full", "可按时到达的班次已满载"),
    "licence_limit": ("the possession limit of the licence would be exceeded", "将超过许可活度"),
    "no_batch_in_time": ("no batch is ready in time", "没有批次能及时放行"),
    "no_route": ("no departure arrives in time", "没有班次能按时到达"),
    "too_far": ("too little would be left on arrival", "到达时活度不足"),
    "no_capacity": ("there is not enough production for all", "产能不足以满足全部订单"),
    "not_made": ("the product is not made at present", "该产品目前无人生产"),
    "specific_activity": ("the specific activity would be too low", "比活度将过低"),
    "approval": ("the transfer is not approved, or not for as much", "转让未获审批，或超出审批活度"),
    "licence_scope": ("the supplier's licence does not cover selling", "供方许可证不含销售"),
    "use_class": ("the use licence is of a lower class", "使用许可证类别不足"),
    "impurity": ("it would contain too much of another nuclide", "核杂质将超限"),
    "workplace_limit": ("a workplace would handle more than it may in a day", "工作场所日操作量将超限"),
    "maker_limit": ("a maker would hold more than its licence allows", "生产单位将超过许可活度"),
    "transport_index": ("the departure may carry no more transport index", "班次运输指数之和将超限"),
    "pinned": ("the planners decided so", "计划员已作此安排"),
}
"""Reason of an unmet order as a customer is told it."""
EVENTS: Mapping[str, tuple[str, str]] = {
    "outage": ("an outage", "停运"),
    "late": ("a late batch", "批次延迟"),
    "failed": ("a batch that was not released", "批次未获放行"),
    "cancelled": ("a cancelled departure", "班次取消"),
    "rush": ("an urgent order", "加急订单"),
    "activity": ("a batch of another activity than expected", "批次活度与预期不符"),
}

ZONES: Mapping[str, tuple[str, str]] = {"Asia/Shanghai": ("Beijing time", "北京时间")}


@dataclass(frozen=True, slots=True)
class Service:
    """What an order gets: Bq at calibration, epoch seconds of the (last) arrival, from which lots.

    ``activity_bq`` counts for the order in the product that it names; ``products`` are those that come.
    """

    activity_bq: float
    arrive: float
    lots: tuple[str, ...]
    origins: tuple[str, ...]
    products: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderChange:
    """An order that one plan serves otherwise than the other.

    ``kind``: lost, new (served now), refused (first asked for since, and not served) or changed; ``aspects``
    of a change: less, more, later, earlier, lot, product.
    """

    order: str
    site: str
    product: str
    kind: str
    aspects: tuple[str, ...]
    before: Service | None
    after: Service | None
    reason: str
    sentence: str
    sentence_zh: str


@dataclass(frozen=True, slots=True)
class BatchChange:
    """A batch in one plan only, ``added`` or ``dropped``, ``lost``, or at ``other`` times or activity."""

    batch: str
    site: str
    product: str
    kind: str
    start: str


@dataclass(frozen=True, slots=True)
class Message:
    """What a customer is to be told, in both languages."""

    site: str
    orders: tuple[str, ...]
    subject: str
    subject_zh: str
    body: str
    body_zh: str


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that changed from one plan to another."""

    orders: list[OrderChange]
    batches: list[BatchChange]
    messages: list[Message]

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self)


def find_changes(before: Record, after: Record) -> Changes:
    """What is served and made otherwise in ``after``, with a message for each customer."""
    orders = list(_orders(before, after))
    return Changes(orders, list(_batches(before, after)), list(_messages(before, after, orders)))


def _served(plan: Record) -> dict[str, Service]:
    rows: dict[str, list[Record]] = defaultdict(list)
    for row in plan["deliveries"]:
        rows[row["order"]].append(row)
    return {
        order: Service(
            sum(counted_bq(row) for row in found),
            max(_seconds(row["arrive"]) for row in found),
            tuple(sorted(row["lot"] for row in found)),
            tuple(dict.fromkeys(sorted(row["from"] for row in found))),
            tuple(dict.fromkeys(sorted(row["product"] for row in found))),
        )
        for order, found in rows.items()
    }


def _orders(before: Record, after: Record) -> Iterator[OrderChange]:
    was, now = _served(before), _served(after)
    places = {
        row["order"]: (row.get("to") or row["site"], row.get("instead_of") or row["product"])
        for plan in (before, after)
        for row in (*plan["deliveries"], *plan["unmet"])
    }
    unmet = {row["order"]: row for row in after["unmet"]}
    say = _Words(before, after)
    refused = set(unmet) - set(was) - {row["order"] for row in before["unmet"]}
    for order in sorted({*was, *now, *refused}):
        one, two = was.get(order), now.get(order)
        aspects = _aspects(one, two)
        if one is not None and two is not None and not aspects:
            continue
        kind = "changed" if one and two else "lost" if one else "new" if two else "refused"
        reason = unmet[order]["reason"] if order in unmet else ""
        site, product = places[order]
        yield OrderChange(
            order, site, product, kind, aspects, one, two, reason,
            *say.change(order, product, kind, aspects, one, two, reason),
        )  # fmt: skip


def _aspects(one: Service | None, two: Service | None) -> tuple[str, ...]:
    if one is None or two is None:
        return ()
    found = []
    if abs(two.activity_bq - one.activity_bq) > SAME_SHARE * one.activity_bq:
        found.append("more" if two.activity_bq > one.activity_bq else "less")
    if abs(two.arrive - one.arrive) > SAME_S:
        found.append("later" if two.arrive > one.arrive else "earlier")
    if two.lots != one.lots:
        found.append("lot")
    if two.products != one.products:
        found.append("product")
    return tuple(found)


def _batches(before: Record, after: Record) -> Iterator[BatchChange]:
    was, now = ({row["id"]: row for row in plan["batches"]} for plan in (before, after))
    for name in sorted({*was, *now}):
        one, two = was.get(name), now.get(name)
        row = two or one
        assert row is not None
        if row["kind"] in ("stock", "free"):
            continue
        kind = ""
        if one is None or two is None:
            kind = "added" if one is None else "dropped"
        elif two.get("state") == "lost" != one.get("state"):
            kind = "lost"
        elif abs(_seconds(two["release"]) - _seconds(one["release"])) > SAME_S or (
            # What a column gives hangs on when it was eluted before: no matter where what is used stays.
            row["kind"] != "generator_elution"
            and abs(two["activity_bq"] - one["activity_bq"]) > SAME_SHARE * one["activity_bq"]
        ):
            kind = "other"
        if kind:
            yield BatchChange(name, row["site"], row["product"], kind, row["start"])


def _messages(before: Record, after: Record, orders: list[OrderChange]) -> Iterator[Message]:
    say = _Words(before, after)
    of_site: dict[str, list[OrderChange]] = defaultdict(list)
    for change in orders:
        if change.kind != "changed" or set(change.aspects) != {"lot"}:
            of_site[change.site].append(change)
    causes = [event for event in after.get("events") or [] if event not in (before.get("events") or [])]
    zone, zone_zh = ZONES.get(say.zone, (say.zone, f"{say.zone}时区"))
    for site, changes in sorted(of_site.items()):
        name, name_zh = say.name(site)
        count = len(changes)
        kinds = list(dict.fromkeys(event["kind"] for event in causes))
        why, why_zh = "", ""
        if kinds:
            why = f"\nCause: {', '.join(EVENTS[kind][0] for kind in kinds)}."
            why_zh = f"\n原因：{'、'.join(EVENTS[kind][1] for kind in kinds)}。"
        lines = "\n".join(f"- {change.sentence}" for change in changes)
        lines_zh = "\n".join(f"- {change.sentence_zh}" for change in changes)
        yield Message(
            site,
            tuple(change.order for change in changes),
            f"Changed deliveries: {count} order{'s' if count > 1 else ''}",
            f"供货变更：{count}份订单",
            f"To {name}:\n{lines}{why}\nAll times: {zone}.",
            f"{name_zh}：\n{lines_zh}{why_zh}\n时间均为{zone_zh}。",
        )


class _Words:
    """Sentences about orders, with the names and the zone that the plans carry."""

    def __init__(self, before: Record, after: Record) -> None:
        self.names = {
            row["id"]: (row["name"], row["name_zh"])
            for plan in (before, after)
            for section in ("sites", "products")
            for row in plan.get(section, ())
        }
        self.zone = str(after.get("timezone") or before.get("timezone") or "UTC")
        self._zone = ZoneInfo(self.zone)

    def name(self, code: str) -> tuple[str, str]:
        """Names of a site or product in English and Chinese, its identifier where there is none."""
        return self.names.get(code, (code, code))

    def change(
        self, order: str, product: str, kind: str, aspects: tuple[str, ...],
        one: Service | None, two: Service | None, reason: str,
    ) -> tuple[str, str]:  # fmt: skip
        """One sentence in English, one in Chinese."""
        name, name_zh = self.name(product)
        why, why_zh = REASONS.get(reason, ("", ""))
        because = f", because {why}" if why else ""
        because_zh = f"，原因：{why_zh}" if why_zh else ""
        if two is None:
            planned = planned_zh = ""
            if one is not None:
                was = format_activity(one.activity_bq)
                planned = f" (planned were {was} on {self._at(one.arrive)})"
                planned_zh = f"（原计划{self._at_zh(one.arrive)}送达{was}）"
            return (
                f"{order}, {name}: cannot be delivered{planned}{because}.",
                f"{order}，{name_zh}：无法供货{planned_zh}{because_zh}。",
            )
        amount = format_activity(two.activity_bq)
        if one is None and two.products and two.products != (product,):
            goods, goods_zh = self._goods(two, 0), self._goods(two, 1)
            return (
                f"{order}, {name}: {goods} for {amount} of it will be delivered on {self._at(two.arrive)}"
                f"{because}.",
                f"{order}，{name_zh}：将于{self._at_zh(two.arrive)}送达{goods_zh}，相当于{amount}{because_zh}。",
            )
        if one is None:
            return (
                f"{order}, {name}: {amount} will be delivered on {self._at(two.arrive)}{because}.",
                f"{order}，{name_zh}：将于{self._at_zh(two.arrive)}送达{amount}{because_zh}。",
            )
        parts, parts_zh = [], []
        if "later" in aspects or "earlier" in aspects:
            parts.append(f"arrives on {self._at(two.arrive)} instead of {self._at(one.arrive)}")
            parts_zh.append(f"送达时间由{self._at_zh(one.arrive)}改为{self._at_zh(two.arrive)}")
        if "less" in aspects or "more" in aspects:
            parts.append(f"{amount} instead of {format_activity(one.activity_bq)} at calibration")
            parts_zh.append(f"标定时刻活度由{format_activity(one.activity_bq)}改为{amount}")
        if "product" in aspects:
            parts.append(f"{self._goods(two, 0)} instead of {self._goods(one, 0)}")
            parts_zh.append(f"产品由{self._goods(one, 1)}改为{self._goods(two, 1)}")
        if "lot" in aspects:
            parts.append(
                f"from {self._from(two, 0)}" + ("" if two.origins != one.origins else ", another lot")
            )
            parts_zh.append(
                f"改由{self._from(two, 1)}" + ("供应" if two.origins != one.origins else "另一批次供应")
            )
        return (
            f"{order}, {name}: {'; '.join(parts)}{because}.",
            f"{order}，{name_zh}：{'；'.join(parts_zh)}{because_zh}。",
        )

    def _goods(self, service: Service, language: int) -> str:
        return (" and ", "和")[language].join(self.name(product)[language] for product in service.products)

    def _from(self, service: Service, language: int) -> str:
        return (", ", "、")[language].join(self.name(site)[language] for site in service.origins)

    def _at(self, moment: float) -> str:
        local = datetime.fromtimestamp(moment, self._zone)
        return f"{local:%Y-%m-%d %H:%M}"

    def _at_zh(self, moment: float) -> str:
        local = datetime.fromtimestamp(moment, self._zone)
        return f"{local.month}月{local.day}日{local:%H:%M}"


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
