"""One order of a plan explained: what it gets and how, or why not, and what would serve it at what cost."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from becq.chain.network import Network
from becq.physics.quantities import format_activity
from becq.planning.excerpt import cut_excerpt
from becq.planning.loads import Load, resource_loads
from becq.planning.plan import counted_bq
from becq.planning.remedies import Remedies, Remedy
from becq.planning.situation import Record
from becq.planning.solve import Progress


@dataclass(frozen=True, slots=True)
class Explanation:
    """``status`` is served, short or unmet; ``remedies`` serve the order whole (or, kind "less", in part).

    ``sentences`` say it in English, ``sentences_zh`` in Chinese; ``loads`` are those of the resources that
    the order's product, and what it is made from, is made on.
    """

    order: str
    site: str
    product: str
    status: str
    ordered_bq: float
    served_bq: float
    deliveries: list[Record]
    reason: str
    remedies: list[Remedy]
    loads: list[Load]
    sentences: list[str]
    sentences_zh: list[str]

    @property
    def cheapest(self) -> Remedy | None:
        """The cheapest change that serves the order whole."""
        return next((remedy for remedy in self.remedies if remedy.kind != "less"), None)

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        found = {"schema": "becq.explanation/1", **asdict(self)}
        found["loads"] = [asdict(load) | {"share": load.share} for load in self.loads]
        found["cheapest"] = asdict(self.cheapest) if self.cheapest else None
        return found


def explain_order(
    network: Network, plan: Record, order_id: str, progress: Progress | None = None
) -> Explanation:
    """Explain an order of ``plan`` (``Plan.as_dict()``), which was made of ``network``.

    Of an order that is not served whole, single changes are tried with the planner, the rest of the plan held
    fast; ``progress(fraction, text)`` is called before each kind of them. Raises InputError where the plan
    has no such order.
    """
    excerpt = cut_excerpt(network, plan, order_id)
    order = excerpt.order
    rows = [dict(row) for row in plan["deliveries"] if row["order"] == order_id]
    served = sum(counted_bq(row) for row in rows)
    unmet = next((row for row in plan["unmet"] if row["order"] == order_id), None)
    status = "served" if unmet is None else "short" if served > 0 else "unmet"
    english, chinese = _how(network, plan, order_id, rows, order.activity)
    remedies: list[Remedy] = []
    if unmet is not None:
        english.append(unmet["sentence"])
        chinese.append(unmet["sentence_zh"])
        trials = Remedies(excerpt)
        remedies = trials.find(progress) if not trials.served_as_it_is else [trials.as_it_is()]
        _advise(remedies, english, chinese)
    names = {p.resource for p in excerpt.network.processes if p.product in excerpt.chain and p.resource}
    loads = [load for name, load in resource_loads(excerpt.network, plan).items() if name in names]
    loads.sort(key=lambda load: (-load.share, load.resource))
    return Explanation(
        order_id, order.site, order.product, status, order.activity, served, list(rows),
        unmet["reason"] if unmet else "", remedies, loads, english, chinese,
    )  # fmt: skip


def _how(
    network: Network, plan: Record, order_id: str, rows: list[dict[str, Any]], wanted_bq: float
) -> tuple[list[str], list[str]]:
    """How an order is served, one sentence a delivery."""
    english, chinese = [], []
    ordered = format_activity(wanted_bq)
    if not rows:
        return [f"{order_id} ({ordered}) is not served."], [f"{order_id}（{ordered}）未获供应。"]
    for row in rows:
        maker, site = network.site[row["from"]], network.site[row["to"]]
        depart, arrive = (
            f"{datetime.fromisoformat(row[key]).astimezone(site.zone):%m-%d %H:%M}"
            for key in ("depart", "arrive")
        )
        ways = " → ".join(leg.get("number") or leg["lane"] for leg in row["legs"])
        gets = gets_zh = format_activity(row["activity_bq"])
        if row.get("instead_of"):
            product, counts = network.product[row["product"]], format_activity(row["counts_bq"])
            gets = f"{gets} of {product.name}, which stands for {counts}"
            gets_zh = f"{product.name_zh}{gets_zh}（相当于{counts}）"
        english.append(
            f"{order_id} gets {gets} of {ordered} at calibration from {row['lot']} ({maker.name}): leaves "
            f"{depart}, arrives {arrive}" + (f", by {ways}." if ways else ".")
        )
        chinese.append(
            f"{order_id}（订购{ordered}）标定时刻得到{gets_zh}，来自{maker.name_zh}的{row['lot']}："
            f"{depart}出发，{arrive}送达" + (f"，经由{ways}。" if ways else "。")
        )
    return english, chinese


def _advise(remedies: list[Remedy], english: list[str], chinese: list[str]) -> None:
    whole = [remedy for remedy in remedies if remedy.kind != "less"]
    if not whole:
        english.append("No single change that was tried serves it, with the rest of the plan as it is.")
        chinese.append("在计划其余部分不变的前提下，所尝试的任何单项改变都无法满足该订单。")
        return
    english.append(f"The cheapest change that serves it: {whole[0].sentence}")
    chinese.append(f"能满足该订单的最低费用改变：{whole[0].sentence_zh}")
