"""How long waste of nuclear medicine decays in storage before it may be measured and cleared.

Source: HJ 1188-2021, Requirements of radiation protection and safety for nuclear medicine, 7.2.3.1: solid
waste of nuclides with a half-life below 24 h is kept more than 30 days; above, more than 10 times the
longest half-life; with I-131 more than 180 days. It is then cleared after a measurement (dose rate at the
background, surface contamination below 0.08 Bq/cm2 alpha and 0.8 Bq/cm2 beta).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from becq.physics.nuclides import nuclide as nuclide_of

SOURCE = "HJ 1188-2021, 7.2.3.1"


@dataclass(frozen=True, slots=True)
class StorageRule:
    """One row: for which nuclides, and for how long in days or half-lives."""

    code: str
    sentence: str
    sentence_zh: str
    days: float | None = None
    half_lives: float | None = None
    source: str = SOURCE


SHORT = StorageRule(
    "half-life-below-24h",
    "Half-life below 24 h: at least 30 days in storage.",
    "半衰期小于24小时：暂存超过30天。",
    days=30,
)
LONG = StorageRule(
    "half-life-from-24h",
    "Half-life of 24 h or more: at least 10 half-lives in storage.",
    "半衰期大于24小时：暂存超过核素最长半衰期的10倍。",
    half_lives=10,
)
IODINE_131 = StorageRule(
    "iodine-131", "Contains I-131: at least 180 days in storage.", "含碘-131：暂存超过180天。", days=180
)
RULES = {rule.code: rule for rule in (SHORT, LONG, IODINE_131)}


def storage_rule(nuclide: str) -> StorageRule:
    """The row that holds for waste of ``nuclide`` (the longest-lived one in it)."""
    if nuclide == "I-131":
        return IODINE_131
    return SHORT if nuclide_of(nuclide).half_life_s < 86400.0 else LONG


def storage_time(nuclide: str) -> timedelta:
    """How long waste of ``nuclide`` is stored before it may be cleared."""
    rule = storage_rule(nuclide)
    if rule.days is not None:
        return timedelta(days=rule.days)
    assert rule.half_lives is not None
    return timedelta(seconds=rule.half_lives * nuclide_of(nuclide).half_life_s)
