"""Radiation safety licence of a site: is the nuclide in scope, is the possession limit kept.

Source of the duty: Regulations on the Safety and Protection of Radioisotopes and Radiation Devices (State
Council order 449, art. 5-7): a holder works within the kinds and scope written in the licence. The limits
themselves are data of each site.
"""

from __future__ import annotations

from datetime import date

from becq.chain.site import TRANSIT_KINDS, Site
from becq.physics.quantities import format_activity
from becq.rules.finding import Finding

SOURCE = "State Council order 449 (Radioisotopes and Radiation Devices), art. 5-7"
SOURCE_ZH = "《放射性同位素与射线装置安全和防护条例》（国务院令第449号）第五至七条"


def check_scope(site: Site, nuclide: str, on: date | None = None) -> Finding:
    """Whether ``site`` may hold ``nuclide`` at all on a day; transit sites hold nothing of their own."""
    until = site.licence.valid_until if site.licence else None
    if on is not None and until is not None and on > until:
        return Finding(
            "licence-validity", SOURCE, site.id, 0.0, None, "Bq", "block",
            f"The licence of {site.name} ended on {until:%Y-%m-%d}.",
            f"{site.name_zh}的许可证已于{until:%Y-%m-%d}到期。", SOURCE_ZH,
        )  # fmt: skip
    limit = site.licence.limit_bq(nuclide) if site.licence else None
    if limit is not None or site.kind in TRANSIT_KINDS:
        return Finding(
            "licence-scope", SOURCE, site.id, 0.0, limit, "Bq", "ok",
            f"{site.name} may hold {nuclide}.", f"{site.name_zh}许可范围含{nuclide}。", SOURCE_ZH,
        )  # fmt: skip
    return Finding(
        "licence-scope", SOURCE, site.id, 0.0, None, "Bq", "block",
        f"{site.name} has no licence for {nuclide}.", f"{site.name_zh}的许可证不含{nuclide}。", SOURCE_ZH,
    )  # fmt: skip


def check_possession(site: Site, nuclide: str, held_bq: float) -> Finding:
    """Whether ``held_bq`` of ``nuclide`` on ``site`` keeps the licence's possession limit."""
    scope = check_scope(site, nuclide)
    if scope.severity == "block" or scope.limit is None:
        return scope
    kept = held_bq <= scope.limit * (1 + 1e-9)
    held, limit = format_activity(held_bq), format_activity(scope.limit)
    return Finding(
        "licence-possession", SOURCE, site.id, held_bq, scope.limit, "Bq", "ok" if kept else "block",
        f"{site.name} would hold {held} of {nuclide}; its licence allows {limit}.",
        f"{site.name_zh}将持有{nuclide} {held}，许可活度为{limit}。", SOURCE_ZH,
    )  # fmt: skip
