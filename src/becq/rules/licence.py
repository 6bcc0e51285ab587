"""May a site hold a nuclide at all? The one question that the planner asks of every lot and order.

What the law says about it, and possession limits, are rules (``cn-licence-nuclide``,
``cn-licence-possession``, ...); here is only whether the licence names the nuclide, quickly and in words.
"""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from typing import NamedTuple

from becq.chain.site import TRANSIT_KINDS, Site


class Refusal(NamedTuple):
    """Why a site may not hold a nuclide, in both languages."""

    sentence: str
    sentence_zh: str


def refuse(site: Site, nuclide: str, on: date | None = None) -> Refusal | None:
    """Why ``site`` may not hold ``nuclide`` on a day, or None if it may.

    Through transit sites goods only pass, so that these need no licence.
    """
    if site.kind in TRANSIT_KINDS:
        return None
    licence = site.licence
    if licence is None or licence.limit_bq(nuclide) is None:
        return Refusal(f"{site.name} has no licence for {nuclide}.", f"{site.name_zh}的许可证不含{nuclide}。")
    until = licence.valid_until
    if on is not None and until is not None and on > until:
        return Refusal(
            f"The licence of {site.name} ended on {until:%Y-%m-%d}.",
            f"{site.name_zh}的许可证已于{until:%Y-%m-%d}到期。",
        )
    return None


def end_of_licence(site: Site) -> float:
    """Midnight after the last day of a site's licence (its zone, epoch seconds); infinite without one."""
    until = site.licence.valid_until if site.licence else None
    if until is None:
        return math.inf
    return datetime.combine(until + timedelta(days=1), datetime.min.time(), site.zone).timestamp()
