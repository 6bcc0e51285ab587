"""The needs of a day: when to elute for them, what each of them gets, and what it lacks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from becq.calculators import schedule
from becq.calculators.calculator import beside
from becq.calculators.eluates import GeneratorInputs
from becq.calculators.result import Column, Figure, Grid
from becq.calculators.showing import show
from becq.calculators.words import Words
from becq.errors import InputError
from becq.physics.elution_plan import ElutionPlan, best_elution_times
from becq.physics.quantities import format_duration, parse_activity, parse_clock_times


@dataclass(frozen=True, slots=True)
class DayPlan:
    """Elutions for the needs of a day.

    :ivar needed_at: moment of each need, in the order of the needs.
    :ivar elute_at: moment of each elution.
    """

    plan: ElutionPlan
    needed_at: tuple[datetime, ...]
    elute_at: tuple[datetime, ...]
    remarks: tuple[Words, ...]


def needs(text: str) -> tuple[tuple[float, float], ...]:
    """Activities needed at times of the day, "10:00=3GBq, 14:00=2GBq": (s after midnight, Bq) each."""
    found = []
    for part in text.replace("，", ",").replace("＝", "=").split(","):
        if not part.strip():
            continue
        clock, _, activity = part.partition("=")
        if not activity.strip():
            raise InputError(f'"{part.strip()}" is not a need; write for example 10:00=3GBq')
        found.append((parse_clock_times(clock)[0], parse_activity(activity)))
    return tuple(sorted(found))


def plan(inputs: GeneratorInputs, start_bq: float) -> DayPlan:
    """The best elutions for the needs of the first day, each need on the calendar of the zone."""
    one = inputs.kind
    placed = [schedule.on_day(inputs.first, clock) for clock, _ in inputs.needs]
    at = np.array([schedule.seconds(moment, inputs.first) for moment, _ in placed])
    with beside("needs"):
        if (at < 0).any():
            raise InputError("A need lies before the first moment; give a later time or an earlier start")
        found = best_elution_times(
            one.parent,
            one.daughter,
            start_bq,
            at,
            np.array([bq for _, bq in inputs.needs]),
            inputs.efficiency,
            rest_s=inputs.rest_s,
            gap_s=inputs.gap_s,
            preparation_s=inputs.preparation_s,
            eluate_life_s=one.eluate_life_s,
        )
    return DayPlan(
        found,
        tuple(moment for moment, _ in placed),
        tuple(schedule.moment_after(inputs.first, t) for t in found.times_s.tolist()),
        tuple(remark for _, remark in placed if remark is not None),
    )


def data(inputs: GeneratorInputs, day: DayPlan) -> dict[str, Any]:
    """The plan as JSON."""
    found = day.plan
    return {
        "elutions": [
            {"at": at, "eluate_bq": bq}
            for at, bq in zip(day.elute_at, found.eluates_bq.tolist(), strict=True)
        ],
        "needed_at": day.needed_at,
        "needs_bq": found.needs_bq,
        "covered_bq": found.covered_bq,
        "shortfall_bq": found.shortfall_bq,
        "left_bq": found.left_bq,
        "met": found.met.tolist(),
        "complete": found.complete,
        "spare": found.spare,
        "preparation_s": inputs.preparation_s,
        "gap_s": inputs.gap_s,
    }


def tables(day: DayPlan) -> tuple[Grid, ...]:
    """When to elute, if at all, and what each need gets."""
    found = day.plan
    elutions = Grid(
        "plan",
        Words("Best elution times for the needs", "满足需要的最佳洗脱时刻"),
        (Column(Words("Elute at", "洗脱时刻"), "instant"), Column(Words("Eluate", "洗脱液"), "activity")),
        tuple(zip(day.elute_at, found.eluates_bq.tolist(), strict=True)),
    )
    rows = zip(
        day.needed_at,
        found.needs_bq.tolist(),
        found.covered_bq.tolist(),
        [None if met else bq for met, bq in zip(found.met, found.shortfall_bq.tolist(), strict=True)],
        found.left_bq.tolist(),
        strict=True,
    )
    served = Grid(
        "needs",
        Words("What each need gets", "各时刻所得"),
        (
            Column(Words("Needed at", "需要时刻"), "instant"),
            Column(Words("Needed", "需要"), "activity"),
            Column(Words("Gets", "所得"), "activity"),
            Column(Words("Short by", "缺少"), "activity"),
            Column(
                Words("Spare", "余量"),
                "activity",
                hint=Words("left when all are served", "满足全部需要后"),
            ),
        ),
        tuple(rows),
    )
    return (elutions, served) if found.times_s.size else (served,)


def figures(inputs: GeneratorInputs, day: DayPlan) -> tuple[Figure, ...]:
    """How many needs are met, and by what margin or by how much not."""
    found = day.plan
    count = len(found.needs_bq)
    met = Figure(
        Words("Needs met in full", "足量满足的需要"),
        int(found.met.sum()),
        "count",
        note=Words(f"of {count}", f"共 {count} 项"),
    )
    if not found.complete:
        short = float(found.shortfall_bq.sum())
        return met, Figure(Words("Missing in all", "合计缺少"), short, "activity", inputs.kind.daughter)
    return met, Figure(
        Words("At hand per activity needed, tightest need", "最紧张时刻可用与需要之比"),
        found.spare,
        "number",
    )


def warnings(day: DayPlan) -> tuple[Words, ...]:
    """What the plan cannot do, and clock times that had to be moved."""
    found = day.plan
    if found.complete:
        return day.remarks
    missing = show(float(found.shortfall_bq.sum()), "activity")
    short, count = int((~found.met).sum()), len(found.needs_bq)
    useless = Words("No elution would give anything for the needs.", "任何洗脱均无法满足各时刻的需要。")
    return (
        *(() if found.times_s.size else (useless,)),
        Words(
            f"The needs cannot be covered in full: {short} of {count} fall short, by {missing} in all.",
            f"无法完全满足各时刻的需要：{count} 项中 {short} 项不足，合计缺 {missing}。",
        ),
        *day.remarks,
    )


def notes(inputs: GeneratorInputs) -> tuple[Words, ...]:
    """What was supposed of eluates and of the aim."""
    one = inputs.kind
    ready, ready_zh = "at once", "洗脱后立即可用"
    if inputs.preparation_s:
        waits = format_duration(inputs.preparation_s)
        ready, ready_zh = f"from {waits} after its elution", f"洗脱 {waits} 后可用"
    until, until_zh = "without a limit, as none is tabulated", "表中无使用期限，不设上限"
    if math.isfinite(one.eluate_life_s):
        life = format_duration(one.eluate_life_s)
        until, until_zh = f"until {life} after it", f"至洗脱后 {life} 止"
        if not inputs.preparation_s:
            until = f"until {life} after its elution"
    gap, gap_zh = "no least time between two elutions is kept", "两次洗脱之间不设最短间隔"
    if inputs.gap_s:
        apart = format_duration(inputs.gap_s)
        gap, gap_zh = f"two elutions lie at least {apart} apart", f"两次洗脱至少相隔 {apart}"
    return (
        Words(
            f"For the needs an eluate can be used {ready}, {until}; {gap}.",
            f"用于各需要的洗脱液{ready_zh}，{until_zh}；{gap_zh}。",
        ),
        Words(
            "As many needs as possible are met in full, the smallest first; what is left goes to the others. "
            "A further elution must meet one more need or add 1 % of all that is needed.",
            "先使足量满足的需要最多（由小到大），余下的给其他需要；"
            "每增加一次洗脱，须多满足一项需要或增加总需要的 1%。",
        ),
    )
