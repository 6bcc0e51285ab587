"""What workplaces may handle in a day: activity of each nuclide, and the daily equivalent of a class.

Handled is, as in :mod:`becq.planning.compliance`, all that a conversion or an elution gives, on the local day
of its release, and what a hospital is sent, on the day of its calibration; not what it made itself, which was
handled once. Shares of workplaces, factors and limits come from :mod:`becq.rules.holding` and the rules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

import numpy as np

from becq.chain.site import Site
from becq.physics.quantities import format_activity
from becq.planning.compliance import HANDLING
from becq.planning.labels import Label
from becq.planning.limits import WORKPLACE, Limit, Limits, Numbers, Ways, local_days
from becq.planning.options import largest_output
from becq.planning.verdicts import Broken, forbidden
from becq.rules.holding import Row, operations, workplaces

Day = tuple[str, int]
"""A site and a local day (proleptic ordinal)."""


def add(ways: Ways, found: Limits) -> None:
    """Add the limits of workplaces that the plan could exceed."""
    handling = _Handling(ways)
    most = handling.most()
    sites = ways.problem.network.site
    largest: dict[str, dict[str, float]] = defaultdict(dict)
    for (code, _), by_nuclide in most.items():
        for nuclide, bq in by_nuclide.items():
            largest[code][nuclide] = max(bq, largest[code].get(nuclide, 0.0))
    first = ways.problem.first
    last = first + timedelta(days=ways.problem.days)
    whole = {(code, day.toordinal()): bq for code, bq in largest.items() for day in (first, last)}
    tight = {row["site"] for _, row, _ in _broken(sites, whole)}
    daily = {key: bq for key, bq in most.items() if key[0] in tight}
    for subject, row, broken in _broken(sites, daily):
        found.rows.append(_limit(handling, sites[row["site"]], subject, row, broken))


def _broken(
    sites: Mapping[str, Site], most: Mapping[Day, Mapping[str, float]]
) -> Iterator[tuple[str, Row, Broken]]:
    """What would be broken were the most handled everywhere: subject, facts, rule."""
    for subject, judge in (("operation", operations), ("workplace", workplaces)):
        rows = [
            row for (code, day), bq in most.items() for row in judge(sites[code], date.fromordinal(day), bq)
        ]
        seen: set[tuple[int, float]] = set()
        for broken in forbidden(subject, rows) if rows else ():
            capacity = _capacity(rows[broken.row], broken)
            if (broken.row, capacity) not in seen:
                seen.add((broken.row, capacity))
                yield subject, rows[broken.row], broken


def _capacity(row: Row, broken: Broken) -> float:
    """What may be handled; of a nuclide that no workplace is licensed for what is exempt."""
    return float(row["exemption_bq"]) if broken.rule.quantity == "workplace_licensed" else broken.limit


def _limit(handling: _Handling, site: Site, subject: str, row: Row, broken: Broken) -> Limit:
    day, capacity = row["day"], _capacity(row, broken)
    if subject == "operation":
        weights = {row["nuclide"]: 1.0}
        what, what_zh = f"{format_activity(capacity)} of {row['nuclide']}", row["nuclide"]
    else:
        weights = {
            nuclide: each["daily_equivalent_known_bq"]
            for nuclide in dict.fromkeys(
                line.nuclide for line in (site.licence.operations if site.licence else [])
            )
            for each in workplaces(site, day, {nuclide: 1.0})
            if each["workplace"] == row["workplace"]
        }
        what = f"a daily equivalent of {format_activity(capacity)} (class {row['workplace_class']})"
        what_zh = f"（{row['workplace_class']}级）日等效操作量"
    per_bq, per_start, per_eluate = handling.counts((site.id, day.toordinal()), weights)
    midnight = datetime.combine(day, datetime.min.time(), site.zone).timestamp()
    shown = format_activity(capacity)
    sentence = f"{row['label']}: {what} may be handled in a day, which would be exceeded on {day:%m-%d}."
    sentence_zh = f"{row['label_zh']}：{what_zh}每日不得超过{shown}，{day:%m-%d}将超过。"
    if broken.rule.quantity == "workplace_licensed":
        sentence = f"{row['label']}: no workplace of the licence names {row['nuclide']}, {shown} are exempt."
        sentence_zh = f"{row['label_zh']}：许可证所列工作场所均不含{row['nuclide']}（豁免活度{shown}）。"
    return Limit(
        WORKPLACE,
        capacity,
        sentence,
        sentence_zh,
        per_bq,
        per_start=per_start,
        per_eluate=per_eluate,
        label=Label(WORKPLACE, site.id, "GBq", 1e-9, row.get("nuclide"), midnight, midnight + 86400.0),
    )


class _Handling:
    """Who handles what on which day: options that hospitals are sent, batches of people's work."""

    def __init__(self, ways: Ways) -> None:
        problem = ways.problem
        sites = problem.network.site
        self.ways = ways
        used = [
            (demand.order is not None or demand.kind == "store") and sites[demand.site].kind == "hospital"
            for demand in problem.demands
        ]
        handled = [problem.network.product[lot.product].kind != "generator" for lot in problem.lots]
        there = np.array(used, dtype=bool)[ways.demand] & np.array(handled, dtype=bool)[ways.lot]
        keys: dict[tuple[str, int, str], int] = {}
        self.group: Numbers = np.full(ways.lot.size, -1, dtype=np.intp)
        numbers = np.flatnonzero(there)
        days = _days(ways, numbers)
        for number, day in zip(numbers.tolist(), days.tolist(), strict=True):
            lot, demand = problem.lots[ways.lot[number]], problem.demands[ways.demand[number]]
            if lot.site != demand.site:
                key = demand.site, day, lot.nuclide
                self.group[number] = keys.setdefault(key, len(keys))
        self.used = list(keys)
        self.made: dict[Day, list[int]] = defaultdict(list)
        for index, lot in enumerate(problem.lots):
            process = problem.network.process.get(lot.process or "")
            if process is not None and process.kind in HANDLING:
                day = datetime.fromtimestamp(round(lot.release), sites[lot.site].zone).toordinal()
                self.made[lot.site, day].append(index)

    def most(self) -> dict[Day, dict[str, float]]:
        """The most of each nuclide that could be handled, in Bq."""
        problem = self.ways.problem
        found: dict[Day, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        amounts = self.ways.most_of(self.group, self.ways.most, len(self.used))
        for (site, day, nuclide), bq in zip(self.used, amounts.tolist(), strict=True):
            found[site, day][nuclide] += bq
        for key, lots in self.made.items():
            for number in lots:
                found[key][problem.lots[number].nuclide] += largest_output(problem, number)
        return found

    def counts(
        self, day: Day, weights: Mapping[str, float]
    ) -> tuple[dict[int, float], dict[int, float], dict[int, float]]:
        """What each Bq of an option, a batch, and each Bq that a batch of elution takes count on a day."""
        problem = self.ways.problem
        per_bq: dict[int, float] = {}
        per_start: dict[int, float] = {}
        per_eluate: dict[int, float] = {}
        for number, (site, on, nuclide) in enumerate(self.used):
            if (site, on) == day and weights.get(nuclide):
                for option in np.flatnonzero(self.group == number).tolist():
                    per_bq[option] = weights[nuclide]
        for lot in self.made.get(day, ()):
            row = problem.lots[lot]
            weight = weights.get(row.nuclide, 0.0)
            if weight and row.elutes:
                per_eluate[lot] = weight
            elif weight and row.converts:
                for option in problem.of_demand[problem.input_demand[lot]]:
                    per_bq[option] = per_bq.get(option, 0.0) + weight * row.input_factor
            elif weight:  # a batch of a plan that is held fast
                per_start[lot] = weight * row.supply_bq
        return per_bq, per_start, per_eluate


def _days(ways: Ways, numbers: Numbers) -> Numbers:
    """The local day of the reference time of some options at their receivers."""
    problem = ways.problem
    zones = [problem.network.site[demand.site].zone for demand in problem.demands]
    index = {zone: number for number, zone in enumerate(dict.fromkeys(zones))}
    of_option = np.array([index[zone] for zone in zones], dtype=np.intp)[ways.demand[numbers]]
    found = np.zeros(numbers.size, dtype=np.intp)
    for zone, number in index.items():
        mine = of_option == number
        if mine.any():
            found[mine] = local_days(ways.reference[numbers[mine]], zone)
    return found
