"""What a site holds, handles and uses on a day, against its licences: holding, operation, workplace, use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from becq.chain.site import TRANSIT_KINDS, Site
from becq.physics import decay_data
from becq.rules.equilibrium import equilibrium_ratios
from becq.rules.reference import exemption_levels
from becq.rules.subject import frame
from becq.rules.workplace import daily_equivalents_bq

Row = dict[str, Any]
SLACK = 1e-6
"""Relative rounding of a balance that is summed over many entries."""


def is_judged(site: Site) -> bool:
    """Whether somebody takes possession at a site at all; through airports and stations goods only pass."""
    return site.kind not in TRANSIT_KINDS


def table(subject: str, rows: Iterable[Row]) -> pl.DataFrame:
    """Rows of facts as the table that rules are evaluated on."""
    listed = list(rows)
    names = list(dict.fromkeys(name for row in listed for name in row))
    if not listed:
        return frame(subject, {"label": []})
    return frame(subject, {name: [row.get(name) for row in listed] for name in names})


def place(site: Site, day: date) -> Row:
    """The facts that every subject at a site shares."""
    return {
        "label": site.name,
        "label_zh": site.name_zh,
        "site": site.id,
        "jurisdiction": site.jurisdiction,
        "day": day,
    }


def without_progeny(site: Site, held_bq: Mapping[str, float]) -> dict[str, float]:
    """What is held, less the progeny that a licensed parent on the site accounts for.

    A nuclide that the licence does not name is left out where it descends from licensed ones and is not more
    than can have grown in from them (Xe-131m from I-131, Tc-99 from Mo-99): their licence covers it. In
    transient equilibrium that is a little more than the parent's own activity (Bi-213 over Ac-225, 0.3 %).
    """
    licence = site.licence
    if licence is None:
        return dict(held_bq)
    licensed = {name for name in held_bq if licence.limit_bq(name) is not None}
    covered = {
        name
        for name in set(held_bq) - licensed
        if held_bq[name] <= sum(_most_grown_bq(each, held_bq[each], name) for each in licensed)
    }
    return {name: amount for name, amount in held_bq.items() if name not in covered}


def without_ingrown(site: Site, lot_bq: Mapping[str, float]) -> dict[str, float]:
    """What one lot holds, less what can have grown in there from a nuclide that the site is licensed for.

    The Tc-99m in a generator is part of its Mo-99, whether or not the licence names Tc-99m too; what is
    eluted is a lot of its own and counts.
    """
    licence = site.licence
    parents = [name for name in lot_bq if licence is not None and licence.limit_bq(name) is not None]
    return {
        name: amount
        for name, amount in lot_bq.items()
        if amount > sum(_most_grown_bq(each, lot_bq[each], name) for each in parents if each != name)
    }


def _most_grown_bq(parent: str, activity_bq: float, progeny: str) -> float:
    """The most of a nuclide that can have grown in from a parent, rounding of the books forgiven."""
    if parent not in decay_data.ancestors([progeny]):
        return 0.0
    return activity_bq * max(1.0, equilibrium_ratios(parent).get(progeny, 1.0)) * (1.0 + SLACK)


def holding(site: Site, nuclide: str, day: date, activity_bq: float) -> Row:
    """A nuclide on a site: ``activity_bq`` is the highest of the day."""
    licence = site.licence
    limit = licence.limit_bq(nuclide) if licence else None
    until = licence.valid_until if licence else None
    level = exemption_levels().get(nuclide)
    return {
        **place(site, day),
        "site_kind": site.kind,
        "nuclide": nuclide,
        "exemption_bq": level.activity_bq if level is not None else None,
        "half_life_s": decay_data.half_life_s(nuclide),
        "activity_bq": activity_bq,
        "licensed": limit is not None,
        "licence_days_left": float((until - day).days) if until else None,
        "possession_limit_bq": limit,
    }


def operations(
    site: Site,
    day: date,
    operated_bq: Mapping[str, float],
    year_operated_bq: Mapping[str, float] | None = None,
) -> Iterator[Row]:
    """What is handled on a day, nuclide by nuclide, against the limits of the workplaces it is licensed in.

    Where a nuclide is licensed in several workplaces of a site the limits add up, as it is not known in which
    of them it was handled.
    """
    rows = site.licence.operations if site.licence else []
    for nuclide, activity_bq in operated_bq.items():
        own = [row for row in rows if row.nuclide == nuclide]
        yearly = [row.yearly_limit for row in own if row.yearly_limit is not None]
        names = ", ".join(dict.fromkeys(row.workplace for row in own))
        names_zh = "、".join(dict.fromkeys(row.workplace_zh or row.workplace for row in own))
        yield {
            **place(site, day),
            "label": f"{site.name}, {names}" if own else site.name,
            "label_zh": f"{site.name_zh}，{names_zh}" if own else site.name_zh,
            "workplace": names or None,
            "workplace_licensed": _has_workplace(site, nuclide),
            "nuclide": nuclide,
            "exemption_bq": _exemption_bq(nuclide),
            "operated_bq": activity_bq,
            "daily_limit_bq": sum(row.daily_limit for row in own) if own else None,
            "year_operated_bq": year_operated_bq.get(nuclide) if year_operated_bq is not None else None,
            "yearly_limit_bq": sum(yearly) if own and len(yearly) == len(own) else None,
        }


def _has_workplace(site: Site, nuclide: str) -> bool | None:
    """Whether a workplace of the licence names a nuclide; None where the licence, as known, lists none."""
    licence = site.licence
    if licence is None:
        return False
    if licence.operations:
        return any(row.nuclide == nuclide for row in licence.operations)
    return None if licence.limit_bq(nuclide) is not None else False


def _exemption_bq(nuclide: str) -> float:
    level = exemption_levels().get(nuclide)
    return level.activity_bq if level is not None else 0.0


def workplaces(site: Site, day: date, operated_bq: Mapping[str, float]) -> Iterator[Row]:
    """Each licensed workplace with its daily equivalent operating activity.

    What is handled is shared between the workplaces of a nuclide in proportion to their daily limits. More
    than an exempt activity of a nuclide that none of them is licensed for may have been handled in any of
    them, in a way that is not known: the daily equivalent is then unknown, and only part of it is told.
    """
    rows = site.licence.operations if site.licence else []
    total: dict[str, float] = {}
    for row in rows:
        total[row.nuclide] = total.get(row.nuclide, 0.0) + row.daily_limit
    stray = [name for name, bq in operated_bq.items() if name not in total and bq > _exemption_bq(name)]
    for name in dict.fromkeys(row.workplace for row in rows):
        own = [row for row in rows if row.workplace == name]
        nuclides = [row.nuclide for row in own]
        shares = [operated_bq.get(row.nuclide, 0.0) * row.daily_limit / total[row.nuclide] for row in own]
        counted = daily_equivalents_bq(nuclides, shares, [row.operation for row in own])
        unknown = [each for each, bq in zip(nuclides, counted, strict=True) if np.isnan(bq)] + stray
        gap = ", ".join(dict.fromkeys(unknown))
        yield {
            **place(site, day),
            "label": f"{site.name}, {name}",
            "label_zh": f"{site.name_zh}，{own[0].workplace_zh or name}",
            "workplace": name,
            "workplace_class": own[0].workplace_class,
            "daily_equivalent_bq": None if unknown else float(np.sum(counted)),
            "daily_equivalent_known_bq": float(np.nansum(counted)),
            "daily_equivalent_bq_gap": f"how much {gap} counts for here" if gap else None,
            "daily_equivalent_bq_gap_zh": f"{gap}在此计入的份额" if gap else None,
        }


def use(
    site: Site, product: str, nuclide: str, day: date, activity_bq: float, *, prepared_here: bool = False
) -> Row:
    """A radiopharmaceutical used at a hospital on a day; which class of licence it needs stays unknown."""
    return {
        **place(site, day),
        "product": product,
        "nuclide": nuclide,
        "activity_bq": activity_bq,
        "use_class": float(site.use_class) if site.use_class is not None else None,
        "prepared_here": prepared_here,
    }
