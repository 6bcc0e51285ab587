"""What ``docs/china.md`` says of the network: contents, totals, and what is only filled in."""

from __future__ import annotations

from collections import Counter

from build_china.hospitals import hospitals
from build_china.network import China
from build_china.tables import FIRST, WEEKS, WEEKS_A_YEAR
from build_china.totals import HEAD, published, totals, weekly_by_kind

CONTENTS = {
    "sites": "sites",
    "products": "products",
    "resources": "machines and lines",
    "processes": "recipes",
    "lanes": "lanes",
    "approvals": "approvals",
    "stock": "lots in hand",
    "standing_orders": "standing orders",
    "orders": "dated orders",
}


def contents(china: China) -> str:
    """What is in the network, as lines of a table."""
    network = china.network
    kinds_of = Counter(site.kind for site in network.sites)
    demand = network.demand(FIRST, 7 * WEEKS)
    more = {
        "sites": ", ".join(f"{count} {kind}" for kind, count in kinds_of.most_common()),
        "products": f"{len({order.product for order in demand})} of them ordered",
        "lanes": f"{sum(len(lane.departures) for lane in network.lanes)} departures",
        "resources": ", ".join(
            f"{n} {kind}" for kind, n in Counter(r.kind for r in network.resources).most_common()
        ),
        "standing_orders": f"{len(demand):,} order lines in the two weeks",
        "orders": f"of {len({order.site for order in demand}):,} hospitals, with the standing ones",
        "approvals": "supplier, customer and nuclide, for 2026 and for 2027",
    }
    lines = ["| what | rows | |", "| --- | ---: | --- |"]
    for section, name in CONTENTS.items():
        lines.append(f"| {name} | {len(getattr(network, section)):,} | {more.get(section, '')} |")
    return "\n".join(lines)


def renewed(text: str, name: str, body: str) -> str:
    """The document with what stands between two marks replaced."""
    begin, end = f"<!-- {name}: written by scripts/build_china -->", f"<!-- /{name} -->"
    before, rest = text.split(begin)
    return f"{before}{begin}\n{body}\n{end}{rest.split(end)[1]}"


def filler(china: China) -> str:
    """What is ordered for want of anything known: uptake tests where there is neither scanner nor therapy."""
    empty = sum(not (h.pet or h.spect or h.therapy) for h in hospitals())
    weekly = weekly_by_kind(china.items)
    ratio = WEEKS_A_YEAR * sum(weekly.values()) / published("patients", "2024")
    tests, share = WEEKS_A_YEAR * weekly["uptake"], empty / len(hospitals())
    return (
        f"  {tests:,.0f} I-131 uptake tests a year in {empty:,} departments ({share:.0%}) that have neither\n"
        f"  a scanner nor therapy here. With them the ratio would be {ratio:.2f}. No figure stands behind\n"
        "  them. In truth fewer departments will be without: here scanners and therapy go down the\n"
        "  same ranking of a province."
    )


def documented(text: str, china: China) -> str:
    """The document with its tables of contents and totals renewed."""
    text = renewed(text, "contents", contents(china))
    text = renewed(text, "filler", filler(china))
    return renewed(text, "totals", "\n".join([HEAD, *(total.line() for total in totals(china))]))
