"""Words of rationing, fairness and prices in both languages, for terminals and workbooks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

POLICY_WORDS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "priority": "by priority",
        "pro-rata": "pro rata",
        "fair-hospitals": "worst-served hospital first",
        "fair-provinces": "worst-served province first",
    },
    "zh": {
        "priority": "按优先级",
        "pro-rata": "按比例",
        "fair-hospitals": "满足率最低的医院优先",
        "fair-provinces": "满足率最低的省份优先",
    },
}
KIND_WORDS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "position": "position", "package": "package", "licence": "possession limit", "batch": "batch",
        "stock": "stock", "approval": "transfer approval", "workplace_limit": "workplace limit",
        "maker_limit": "maker's licence limit", "transport_index": "transport index",
    },
    "zh": {
        "position": "位置", "package": "货包舱位", "licence": "许可持有限值", "batch": "批次",
        "stock": "库存", "approval": "转让审批量", "workplace_limit": "工作场所限值",
        "maker_limit": "生产单位许可限值", "transport_index": "运输指数",
    },
}  # fmt: skip
UNIT_WORDS: Final[dict[str, dict[str, str]]] = {
    "en": {},
    "zh": {"position": "个位置", "package": "个货包", "batch": "批"},
}
MANY = 10
"""Prices that a terminal shows."""


def fairness_lines(fairness: Mapping[str, Any], policy: str, lang: str) -> Iterator[str]:
    """The policy, and of each product that is short who has the least share and how even shares are."""
    zh = lang == "zh"
    stages = fairness.get("stages")
    word = POLICY_WORDS[lang].get(policy, policy)
    if stages:
        gap = f"{stages['gap']:.2%}"
        told = f"（各级与最优相差不超过{gap}）" if zh else f" (each stage at most {gap} from its best)"
        if not stages["complete"]:
            told += "，求解到时，未做完各级" if zh else ", not all stages were reached in time"
        word += told
    yield f"分配政策：{word}" if zh else f"rationing: {word}"
    beyond = [row for row in fairness["products"] if row["least_hospital_share"] is None]
    for row in beyond:
        number = row["unreachable"]
        yield (
            f"  {row['product']}：{number}家医院均不可达"
            if zh
            else f"  {row['product']}: out of reach of all {number} hospitals that ordered it"
        )
    short = [
        row for row in fairness["products"] if row not in beyond and row["least_hospital_share"] < 1 - 1e-4
    ]
    for row in sorted(short, key=lambda each: (each["least_hospital_share"], each["product"])):
        served = row["served_bq"] / row["reachable_bq"] if row["reachable_bq"] else 1.0
        hospital, province = row["least_hospital"], row["least_province"]
        shares = row["least_hospital_share"], row["least_province_share"]
        if zh:
            yield (
                f"  {row['product']}：满足{served:.1%}，最低医院{hospital}为{shares[0]:.0%}，"
                f"最低省份{_province(fairness, province, zh)}为{shares[1]:.0%}，"
                f"Jain指数{row['jain_hospitals']:.3f}"
            )
        else:
            yield (
                f"  {row['product']}: {served:.1%} served, least {shares[0]:.0%} ({hospital}), by province "
                f"{shares[1]:.0%} ({_province(fairness, province, zh)}), Jain {row['jain_hospitals']:.3f}"
            )


def _province(fairness: Mapping[str, Any], code: str, zh: bool) -> str:
    row = next((each for each in fairness["provinces"] if each["province"] == code), None)
    return code if row is None else str(row["name_zh"] if zh else row["name"])


def dearest(prices: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The dearest row of each limit, the most service first, then what saves most."""
    best: dict[tuple[str, str], dict[str, Any]] = {}
    for row in sorted(prices, key=lambda each: (-each["service"], -each["saving"])):
        best.setdefault((row["kind"], row["id"]), row)
    return list(best.values())


def price_lines(prices: list[dict[str, Any]] | None, zone: ZoneInfo, lang: str) -> Iterator[str]:
    """The dearest limits, one line each."""
    zh = lang == "zh"
    if prices is None:
        return
    rows = dearest(prices)
    if not rows:
        yield "没有限制因素有价值" if zh else "nothing limits this plan by a price"
        return
    yield (
        "影子价格（线性松弛，每增加一个单位）："
        if zh
        else "shadow prices (of the relaxation, per unit more):"
    )
    for row in rows[:MANY]:
        unit = UNIT_WORDS[lang].get(row["unit"], row["unit"])
        kind = KIND_WORDS[lang].get(row["kind"], row["kind"])
        when = f"{datetime.fromisoformat(row['start']).astimezone(zone):%m-%d %H:%M}" if row["start"] else ""
        name = row.get("name_zh" if zh else "name") or row["id"]
        name = f"{name} {row['origin']}→{row['to']}" if row["to"] else name
        nuclide = f" {row['nuclide']}" if row["nuclide"] else ""
        head = f"  {kind} {name}{nuclide}" + (f" {when}" if when else "")
        parts = []
        if row["service"] > 0:
            parts.append(f"多满足{row['orders']:.3g}份订单" if zh else f"{row['orders']:.3g} orders more")
        if row["saving"] > 0:
            parts.append(f"省{row['saving']:,.0f}元" if zh else f"{row['saving']:,.0f} CNY less")
        yield head + (f"：每{unit}" if zh else f": per {unit} ") + ("，" if zh else ", ").join(parts)


def serving_lines(plan: Any, language: str) -> Iterator[str]:
    """How many orders come in parts, and how many deliveries bring another product; nothing where none."""
    parts = sum(count > 1 for count in Counter(row.order for row in plan.deliveries).values())
    others = sum(bool(row.instead_of) for row in plan.deliveries)
    zh = language == "zh"
    if parts:
        verb = "order comes" if parts == 1 else "orders come"
        yield f"{parts}份订单分批供货" if zh else f"{parts} {verb} in parts"
    if others:
        verb = "delivery brings" if others == 1 else "deliveries bring"
        yield f"{others}次送货以替代产品供应" if zh else f"{others} {verb} another product than was ordered"
