"""Generators: what each elution of a schedule yields, what may break through, until when it is enough."""

from __future__ import annotations

import math
from datetime import tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from becq.calculators import eluates, reading, schedule
from becq.calculators.calculator import Calculator, beside
from becq.calculators.eluates import DAY_S, GeneratorInputs
from becq.calculators.field import Field
from becq.calculators.result import Figure, Result
from becq.calculators.words import Words
from becq.errors import InputError
from becq.physics import decay_data
from becq.physics.bateman import Array
from becq.physics.decay import decay_factor
from becq.physics.elution import ElutionHistory, elute
from becq.physics.elution_plan import ElutionPlan, best_elution_times
from becq.physics.generator_kinds import GeneratorKind, kind, kinds
from becq.physics.quantities import (
    format_duration,
    parse_activity,
    parse_clock_times,
    parse_fraction,
    parse_instant,
)

MOST_DAYS = 400
FIGURES = {
    "efficiency": "Efficiency",
    "breakthrough": "Breakthrough",
    "limit": "Limit of breakthrough",
    "eluate_life": "Life of an eluate",
    "life": "Life of the generator",
    "rest": "Time since the last elution",
}


def zone(text: str) -> ZoneInfo:
    """A time zone by its IANA name. Raises InputError for another."""
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise InputError(f'"{text}" is not a time zone; write for example Asia/Shanghai') from None


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


def build(**values: Any) -> GeneratorInputs:
    """Moments get the zone; what is left out comes from the kind of generator."""
    wanted: GeneratorKind = values["kind"]
    where: tzinfo | None = values["zone"]
    calibrated = schedule.placed(values["calibrated"], where)
    first = values["first"]
    return GeneratorInputs(
        texts=values["texts"],
        kind=wanted,
        activity_bq=values["activity"],
        calibrated=calibrated,
        first=calibrated if first is None else schedule.placed(first, calibrated.tzinfo),
        clock_s=values["elute"],
        days=values["days"],
        efficiency=wanted.efficiency if values["efficiency"] is None else values["efficiency"],
        breakthrough=(wanted.breakthrough or 0.0)
        if values["breakthrough"] is None
        else values["breakthrough"],
        rest_s=wanted.rest_s if values["rest"] is None else values["rest"],
        needed_bq=values["needed"],
        needs=values["needs"] or (),
    )


def answer(inputs: GeneratorInputs) -> Result:
    """Every eluate of the schedule."""
    one = inputs.kind
    moments = schedule.daily(inputs.first, inputs.clock_s, inputs.days)
    with beside("elute"):
        if not moments:
            raise InputError("No elution lies after the first moment; add a later time or a day")
    start_bq = inputs.activity_bq * float(
        decay_factor(one.parent, schedule.seconds(inputs.first, inputs.calibrated))
    )
    if not math.isfinite(start_bq):
        raise InputError("The first elution lies too far before the calibration")
    times = np.array([schedule.seconds(at, inputs.first) for at in moments])
    history = _elute(inputs, start_bq, times)
    taken = history.of(one.daughter)
    rows = eluates.rows(inputs, moments, history)
    daily = eluates.daily(moments, taken)
    data: dict[str, Any] = {
        "kind": one.code,
        "parent": one.parent,
        "daughter": one.daughter,
        "calibrated": inputs.calibrated,
        "activity_bq": inputs.activity_bq,
        "first": inputs.first,
        "parent_activity_at_first_bq": start_bq,
        "efficiency": inputs.efficiency,
        "breakthrough": inputs.breakthrough,
        "rest_s": inputs.rest_s,
        "eluates": rows,
        "days": [{"day": day, "eluates_bq": values, "total_bq": sum(values)} for day, values in daily],
    }
    figures = [
        Figure(Words("First eluate", "首次洗脱液"), float(taken[0]), "activity", one.daughter, at=moments[0]),
        Figure(
            Words("Last eluate", "末次洗脱液"), float(taken[-1]), "activity", one.daughter, at=moments[-1]
        ),
        Figure(
            Words("On the column at the first elution", "首次洗脱时柱上活度"),
            float(history.before_bq[0, 0]),
            "activity",
            one.parent,
            at=moments[0],
        ),
    ]
    warnings: list[Words | str] = []
    tables = [eluates.eluate_table(one, rows)]
    if len(inputs.clock_s) > 1:
        tables.append(eluates.day_table(daily))
    if inputs.needed_bq:
        figures.append(_useful(inputs, start_bq, data))
    if inputs.needs:
        plan = _plan(inputs, start_bq)
        data["plan"] = _plan_data(inputs, plan)
        tables.insert(0, eluates.plan_table(inputs, plan))
        if not plan.complete:
            warnings.append(Words("The needs cannot be covered in full.", "无法完全满足各时刻的需要。"))
    _check_lives(one, times, inputs.rest_s, warnings)
    return Result(
        title=Words(f"{one.name} generator", f"{one.name} 发生器"),
        data=data,
        figures=tuple(figures),
        draw=lambda: eluates.charts(inputs, history, moments, taken),
        tables=tuple(tables),
        sources=(decay_data.SOURCE, *(f"{FIGURES[name]}: {said}" for name, said in one.sources)),
        notes=_notes(inputs),
        warnings=tuple(warnings),
    )


def _elute(inputs: GeneratorInputs, start_bq: float, times: Array) -> ElutionHistory:
    with beside("efficiency", "breakthrough"):
        return elute(
            inputs.kind.parent,
            inputs.kind.daughter,
            start_bq,
            times,
            inputs.efficiency,
            breakthrough=inputs.breakthrough,
            rest_s=inputs.rest_s,
        )


def _useful(inputs: GeneratorInputs, start_bq: float, data: dict[str, Any]) -> Figure:
    """The last day on which every elution reaches what is needed."""
    wanted = inputs.needed_bq or 0.0
    moments = schedule.daily(inputs.first, inputs.clock_s, MOST_DAYS)
    times = np.array([schedule.seconds(at, inputs.first) for at in moments])
    short = np.flatnonzero(_elute(inputs, start_bq, times).of(inputs.kind.daughter) < wanted)
    last = moments[-1] if not short.size else moments[short[0] - 1] if short[0] else None
    label = Words("Every elution reaches the need until", "每次洗脱均满足需要至")
    note = Words("", "")
    if last is None:
        note = Words("the first one does not", "首次洗脱即不满足")
    elif not short.size:
        note = Words(f"and beyond {MOST_DAYS} days", f"超过 {MOST_DAYS} 天")
    data["needed_bq"], data["useful_until"] = wanted, last
    data["useful_days"] = None if last is None else schedule.seconds(last, inputs.first) / DAY_S
    return Figure(label, last, "instant", note=note)


def _plan(inputs: GeneratorInputs, start_bq: float) -> ElutionPlan:
    midnight = inputs.first.replace(hour=0, minute=0, second=0, microsecond=0)
    base = schedule.seconds(inputs.first, midnight)
    at = np.array([clock - base for clock, _ in inputs.needs])
    with beside("needs"):
        if (at < 0).any():
            raise InputError("A need lies before the first moment; give a later time or an earlier start")
        return best_elution_times(
            inputs.kind.parent,
            inputs.kind.daughter,
            start_bq,
            at,
            np.array([bq for _, bq in inputs.needs]),
            inputs.efficiency,
            rest_s=inputs.rest_s,
            eluate_life_s=inputs.kind.eluate_life_s,
        )


def _plan_data(inputs: GeneratorInputs, plan: ElutionPlan) -> dict[str, Any]:
    return {
        "elutions": [
            {"at": schedule.moment_after(inputs.first, t), "eluate_bq": bq}
            for t, bq in zip(plan.times_s.tolist(), plan.eluates_bq.tolist(), strict=True)
        ],
        "needs_bq": plan.needs_bq,
        "covered_bq": plan.covered_bq,
        "complete": plan.complete,
        "spare": plan.spare,
    }


def _check_lives(one: GeneratorKind, times: Array, rest_s: float, warnings: list[Words | str]) -> None:
    beyond = int((times > one.life_s).sum())
    if beyond:
        life = format_duration(one.life_s)
        warnings.append(
            Words(
                f"{beyond} elutions lie beyond the {life} that such a generator may be used for.",
                f"{beyond} 次洗脱超出此类发生器的使用期限 {life}。",
            )
        )


def _notes(inputs: GeneratorInputs) -> tuple[Words, ...]:
    one = inputs.kind
    rest = format_duration(inputs.rest_s)
    found = [
        Words(
            f"The last elution (or the making) is taken to lie {rest} before the first moment.",
            f"设上次洗脱（或制成）在起始时刻之前 {rest}。",
        ),
        Words(
            "An eluate is given at its elution; activities on the column are those just before.",
            "洗脱液活度以洗脱时刻计；柱上活度为洗脱前一刻。",
        ),
    ]
    if not inputs.breakthrough:
        found.append(
            Words(
                f"No breakthrough of {one.parent} is computed: no figure was given, and none is tabulated.",
                f"未计算 {one.parent} 的穿透：未给出数值，表中亦无。",
            )
        )
    return tuple(found)


CALCULATOR = Calculator(
    name="generator",
    title=Words("Generator", "发生器"),
    sentence=Words(
        "What each elution of a schedule yields, what may break through, and until when it is enough.",
        "按洗脱计划逐次计算洗脱液活度、母体穿透与可用期限。",
    ),
    icon="generator",
    command=("generator",),
    fields=(
        Field(
            "kind",
            Words("Generator", "发生器"),
            kind,
            required=True,
            example="mo99",
            choices=tuple((code, Words(found.name, found.name)) for code, found in kinds().items()),
            option="",
        ),
        Field(
            "activity",
            Words("Activity of the parent", "母体活度"),
            reading.activity,
            required=True,
            example="20 GBq",
            help=Words("On the column, at the calibration time.", "柱上母体在标定时刻的活度。"),
            activity=True,
        ),
        Field(
            "calibrated",
            Words("Calibration time", "标定时刻"),
            parse_instant,
            required=True,
            example="2026-12-07T08:00",
            help=Words(
                "Local time of the zone below, or with an offset.", "按下列时区的当地时间，或注明偏移量。"
            ),
        ),
        Field(
            "elute",
            Words("Elute daily at", "每日洗脱时刻"),
            parse_clock_times,
            required=True,
            example="08:00,13:00",
        ),
        Field("days", Words("Days", "天数"), reading.whole(1, MOST_DAYS), default=7, example="7"),
        Field(
            "needed",
            Words("Needed of each elution", "每次洗脱需要"),
            reading.activity,
            example="5 GBq",
            help=Words("Says until when every elution reaches it.", "给出每次洗脱均满足需要的期限。"),
            activity=True,
        ),
        Field(
            "needs",
            Words("Needs of the first day", "首日各时刻需要"),
            needs,
            example="10:00=3GBq,14:00=2GBq",
            help=Words("Finds the best times to elute for them.", "求最佳洗脱时刻。"),
            advanced=True,
        ),
        Field(
            "first",
            Words("Start", "起始时刻"),
            parse_instant,
            example="2026-12-07T06:00",
            help=Words(
                "No elution before it; empty: the calibration time.", "此前不洗脱；不填则为标定时刻。"
            ),
            advanced=True,
        ),
        Field(
            "efficiency",
            Words("Elution efficiency", "洗脱效率"),
            parse_fraction,
            example="90 %",
            help=Words("Empty: as published for this kind.", "不填则取该类发生器的已发表值。"),
            advanced=True,
        ),
        Field(
            "breakthrough",
            Words("Breakthrough in each elution", "每次洗脱的穿透"),
            reading.share,
            example="0.001 %",
            help=Words("Share of the parent on the column.", "占柱上母体的份额。"),
            advanced=True,
        ),
        Field(
            "rest",
            Words("Since the last elution", "距上次洗脱"),
            reading.wait,
            example="24 h",
            help=Words("At the start.", "以起始时刻计。"),
            advanced=True,
        ),
        Field(
            "zone",
            Words("Time zone", "时区"),
            zone,
            example="Asia/Shanghai",
            advanced=True,
        ),
    ),
    build=build,
    answer=answer,
    examples=(
        (
            Words("20 GBq of Mo-99, eluted twice a day", "20 GBq Mo-99，每日两次"),
            {
                "kind": "mo99",
                "activity": "20GBq",
                "calibrated": "2026-12-07T08:00",
                "elute": "08:00,13:00",
                "days": "7",
            },
        ),
        (
            Words("A day's needs of Ga-68", "Ga-68 一天的需要"),
            {
                "kind": "ge68",
                "activity": "1.85 GBq",
                "calibrated": "2026-12-07T07:00",
                "elute": "08:00,11:00,14:00",
                "days": "5",
                "needs": "09:00=400MBq,13:00=400MBq",
            },
        ),
        (
            Words("W-188/Re-188 over three months, 10 GBq needed", "W-188/Re-188，三个月，每次需 10 GBq"),
            {
                "kind": "w188",
                "activity": "37 GBq",
                "calibrated": "2026-12-07T08:00",
                "elute": "09:00",
                "days": "90",
                "needed": "10 GBq",
            },
        ),
    ),
)
