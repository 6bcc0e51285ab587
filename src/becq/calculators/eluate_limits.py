"""Limits of a generator: how much parent an eluate may hold, and how long the generator may be used."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

import numpy as np

from becq.calculators import schedule
from becq.calculators.eluates import GeneratorInputs
from becq.calculators.result import Figure
from becq.calculators.showing import show
from becq.calculators.words import Words
from becq.physics.decay_data import half_life_s
from becq.physics.quantities import format_duration

USED_WITHIN_S = 12 * 3600.0
HALF_LIVES = 10.0
"""Where no source tells the life of an eluate, it is looked at for 12 h, or for ten half-lives of a daughter
that leaves less than a thousandth of it by then."""


def figures(inputs: GeneratorInputs) -> tuple[Figure, ...]:
    """The limit of parent per daughter, where one is tabulated."""
    one = inputs.kind
    if one.limit_ratio is None:
        return ()
    said = f"{1e3 * one.limit_ratio:g} kBq {one.parent} / MBq {one.daughter}"
    label = Words("Limit of parent per daughter", "母体/子体活度比限值")
    return (Figure(label, one.limit_ratio, "number", note=Words(said, said)),)


def watched_s(inputs: GeneratorInputs) -> float:
    """For how long after its elution an eluate is held against the limit."""
    one = inputs.kind
    if math.isfinite(one.eluate_life_s):
        return one.eluate_life_s
    return min(USED_WITHIN_S, HALF_LIVES * half_life_s(one.daughter))


def warnings(inputs: GeneratorInputs, rows: list[dict[str, Any]]) -> tuple[Words, ...]:
    """Eluates beyond the limit at their elution, and those that reach it while they may be used."""
    one, limit = inputs.kind, inputs.kind.limit_ratio
    if limit is None:
        return ()
    found = []
    shown = f"{show(limit, 'number')} ({one.parent}/{one.daughter})"
    over = [row for row in rows if _ratio(row) > limit]
    if over:
        worst = max(over, key=_ratio)
        alone = not math.isfinite(_ratio(worst))
        ratio, at = "∞" if alone else show(_ratio(worst), "number"), show(worst["at"], "instant")
        found.append(
            Words(
                f"{len(over)} of {len(rows)} eluates exceed the limit of {shown} at their elution: "
                f"the highest ratio is {ratio}, at {at}.",
                f"{len(rows)} 次洗脱中有 {len(over)} 次在洗脱时即超过限值 {shown}：最高比值 {ratio}，{at}。",
            )
        )
    span_s = watched_s(inputs)
    later = [
        row
        for row in rows
        if _ratio(row) <= limit and row["time_to_limit_s"] is not None and row["time_to_limit_s"] <= span_s
    ]
    if later:
        worst = min(later, key=lambda row: float(row["time_to_limit_s"]))
        wait_s = float(worst["time_to_limit_s"])
        wait, span = format_duration(wait_s), format_duration(span_s)
        at, until = (
            show(worst["at"], "instant"),
            show(schedule.moment_after(worst["at"], 60.0 * round(wait_s / 60.0)), "instant"),
        )
        ratio = show(worst["breakthrough_ratio"], "number")
        found.append(
            Words(
                f"{len(later)} of {len(rows)} eluates reach the limit of {shown} within {span} of their "
                f"elution: that of {at}, with a ratio of {ratio}, after {wait}, at {until}.",
                f"{len(rows)} 次洗脱中有 {len(later)} 次在洗脱后 {span} 内达到限值 {shown}："
                f"{at} 的洗脱液（比值 {ratio}）经 {wait}，于 {until} 达到。",
            )
        )
    return tuple(found)


def _ratio(row: dict[str, Any]) -> float:
    """Parent per daughter of an eluate at its elution, inf if there is no daughter."""
    return math.inf if row["breakthrough_ratio"] is None else float(row["breakthrough_ratio"])


def notes(inputs: GeneratorInputs) -> tuple[Words, ...]:
    """What is not checked of the parent in an eluate, and what the kind leaves out."""
    one = inputs.kind
    found = []
    if one.limit_ratio is None:
        found.append(
            Words(
                f"No limit of {one.parent} in the eluate is tabulated for this kind: none is checked.",
                f"表中无此类发生器洗脱液中 {one.parent} 的限值：不作检查。",
            )
        )
    if not inputs.breakthrough and "breakthrough" not in inputs.texts:
        checked = "" if one.limit_ratio is None else " The limit is not checked."
        checked_zh = "" if one.limit_ratio is None else "未检查限值。"
        found.append(
            Words(
                f"No breakthrough of {one.parent} is computed: no figure was given, and none is tabulated."
                f"{checked}",
                f"未计算 {one.parent} 的穿透：未给出数值，表中亦无。{checked_zh}",
            )
        )
    if one.note[0]:
        found.append(Words(*one.note))
    return tuple(found)


def life_ends(inputs: GeneratorInputs) -> datetime | None:
    """When the maker's life of the generator ends; None where none is tabulated."""
    one = inputs.kind
    if not math.isfinite(one.life_s):
        return None
    made_s = -inputs.rest_s if one.life_from == "making" else 0.0
    return schedule.moment_after(inputs.calibrated, made_s + one.life_s)


def life_warnings(inputs: GeneratorInputs, moments: list[datetime]) -> tuple[Words, ...]:
    """Elutions beyond the life of the generator."""
    end = life_ends(inputs)
    if end is None:
        return ()
    beyond = int(np.sum([schedule.seconds(at, end) > 0 for at in moments]))
    if not beyond:
        return ()
    life, when = format_duration(inputs.kind.life_s), show(end, "instant")
    return (
        Words(
            f"{beyond} elutions lie beyond the {life} that such a generator may be used for, to {when}.",
            f"{beyond} 次洗脱超出此类发生器的使用期限 {life}（至 {when}）。",
        ),
    )


def life_notes(inputs: GeneratorInputs) -> tuple[Words, ...]:
    """What the life counts from."""
    end = life_ends(inputs)
    if end is None:
        return ()
    life, when = format_duration(inputs.kind.life_s), show(end, "instant")
    if inputs.kind.life_from == "making":
        rest = format_duration(inputs.rest_s)
        return (
            Words(
                f"The life of {life} counts from the making, taken to be {rest} before the calibration, "
                f"and ends {when}.",
                f"使用期限 {life} 自制成起算（设为标定前 {rest}），至 {when}。",
            ),
        )
    return (
        Words(
            f"The life of {life} counts from the calibration and ends {when}.",
            f"使用期限 {life} 自标定时刻起算，至 {when}。",
        ),
    )


def useful(
    inputs: GeneratorInputs, moments: list[datetime], enough: list[bool], most_days: int
) -> tuple[Figure, str | None]:
    """The last moment at which every eluate so far was enough and the generator may be used.

    :param enough: for each of the ``moments``, whether its eluate reaches the need.
    :returns: the figure, and what ends it: "activity", "life", or None if nothing does in so many days.
    """
    end = life_ends(inputs)
    count = len(moments)
    short = enough.index(False) if False in enough else count
    late = next(
        (i for i, at in enumerate(moments) if end is not None and schedule.seconds(at, end) > 0), count
    )
    last = moments[min(short, late) - 1] if min(short, late) else None
    label = Words("Every elution reaches the need until", "每次洗脱均满足需要至")
    life = format_duration(inputs.kind.life_s)
    if short == late == count:
        ended, note = None, Words(f"and beyond {most_days} days", f"超过 {most_days} 天")
    elif short <= late:
        ended = "activity"
        note = Words("then an eluate falls short", "此后洗脱液不足")
        if last is None:
            note = Words("the first one does not", "首次洗脱即不满足")
    else:
        ended = "life"
        note = Words(f"then the generator's life of {life} ends", f"此后发生器使用期限 {life} 届满")
        if last is None:
            note = Words(f"the generator's life of {life} has ended before", f"此前使用期限 {life} 已届满")
    return Figure(label, last, "instant", note=note), ended
