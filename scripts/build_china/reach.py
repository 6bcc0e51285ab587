"""Which orders no maker could bring in time, whatever its capacity: by release, shelf life and ways."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from becq.chain.network import Network
from becq.chain.order import Order
from becq.planning.lots import Lot, enumerate_lots
from becq.planning.routes import Routes
from build_china.tables import FIRST

SECOND_WEEK = FIRST + timedelta(days=7)
"""Orders of the second week are looked at: in the first, stock counts."""
DAYS = 14
NO_WAY, TOO_LATE = "no way leads there", "ready too late, or too old"


@dataclass(frozen=True)
class Unreached:
    """An order that nobody can bring in time. ``km`` and ``nearest``: the nearest maker by road, if any."""

    order: Order
    why: str
    nearest: str
    km: float


def unreached(network: Network) -> Iterator[Unreached]:
    """Orders of the second week out of reach of every maker that runs then."""
    routes = Routes(network, FIRST, DAYS)
    lots: dict[str, dict[str, list[Lot]]] = defaultdict(lambda: defaultdict(list))
    for lot in enumerate_lots(network, FIRST, DAYS):
        if lot.outage is None and not lot.is_stock:
            lots[lot.product][lot.site].append(lot)
    leaving: dict[tuple[str, str, float, float], float | None] = {}
    for order in network.demand(SECOND_WEEK, DAYS // 2):
        latest = network.instant(order.latest).timestamp()
        earliest = network.instant(order.earliest).timestamp()
        calibration = network.instant(order.calibration).timestamp()
        near = sorted(
            (road.km, road.duration, maker)
            for maker in lots[order.product]
            for road in routes.roads.get((maker, order.site), ())
        )
        ready = {
            maker: min((lot.release for lot in batches if lot.expires >= calibration), default=latest + 1.0)
            for maker, batches in lots[order.product].items()
        }
        if ready.get(order.site, latest + 1.0) <= latest:
            continue  # made on the site
        if any(ready[maker] + duration <= latest for _, duration, maker in near):
            continue
        way = bool(near)
        for maker in ready:
            key = (maker, order.site, earliest, latest)
            if key not in leaving:
                leaving[key] = routes.latest_departure(*key)
            departs = leaving[key]
            way = way or departs is not None
            if departs is not None and ready[maker] <= departs:
                break
        else:
            km, _, maker = min(near, default=(float("inf"), 0.0, ""))
            yield Unreached(order, TOO_LATE if way else NO_WAY, maker, km)


def unsupplied(network: Network) -> list[str]:
    """Processes whose input no maker can send at all."""
    routes = Routes(network, FIRST, 2)
    makers: dict[str, set[str]] = defaultdict(set)
    for process in network.processes:
        makers[process.product].add(process.site)
    for lot in network.stock:
        makers[lot.product].add(lot.site)
    return [
        process.id
        for process in network.processes
        if process.input_product
        and all(routes.fastest_s(maker, process.site) is None for maker in makers[process.input_product])
    ]


def reach_table(network: Network) -> str:
    """What is out of reach, by product, as lines of a table."""
    wanted: dict[str, int] = defaultdict(int)
    for order in network.demand(SECOND_WEEK, DAYS // 2):
        wanted[order.product] += 1
    found: dict[str, list[Unreached]] = defaultdict(list)
    for each in unreached(network):
        found[each.order.product].append(each)
    lines = [
        "| product | orders of a week | out of reach | hospitals | why |",
        "| --- | ---: | ---: | --- | --- |",
    ]
    for product in sorted(found, key=lambda name: -len(found[name])):
        missed = found[product]
        sites = list(dict.fromkeys(each.order.site for each in missed))
        names = ", ".join(network.site[code].city or code for code in sites[:8])
        more = f" and {len(sites) - 8} more" if len(sites) > 8 else ""
        why = "; ".join(sorted({each.why for each in missed}))
        lines.append(
            f"| {product} | {wanted[product]} | {len(missed)} | {len(sites)}: {names}{more} | {why} |"
        )
    total = sum(map(len, found.values()))
    lines.append(f"| all | {sum(wanted.values())} | {total} | | |")
    return "\n".join(lines)
