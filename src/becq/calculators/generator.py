"""Generators: what each elution of a schedule yields, what may break through, until when it is enough."""

from __future__ import annotations

import math
from datetime import tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from becq.calculators import eluate_limits, eluates, needs, reading, schedule
from becq.calculators.calculator import Calculator, beside
from becq.calculators.eluates import DAY_S, GeneratorInputs
from becq.calculators.field import Field
from becq.calculators.result import Figure, Result
from becq.calculators.showing import show
from becq.calculators.words import Words
from becq.errors import InputError
from becq.physics import decay_data
from becq.physics.bateman import Array
from becq.physics.decay import decay_factor
from becq.physics.elution import ElutionHistory, elute, rested_column
from becq.physics.generator_kinds import GeneratorKind, kind, kinds
from becq.physics.quantities import (
    format_duration,
    parse_activity,
    parse_clock_times,
    parse_fraction,
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


def parent_activity(text: str) -> str:
    """The text of an activity, checked as far as it can be before the parent is known."""
    reading.bounded(lambda each: parse_activity(each, nuclide="Mo-99"), 1e25, "1e25 Bq")(text)
    return text


def build(**values: Any) -> GeneratorInputs:
    """Moments get the zone; what is left out comes from the kind of generator."""
    wanted: GeneratorKind = values["kind"]
    where: tzinfo | None = values["zone"]
    with beside("activity"):
        activity_bq = parse_activity(values["activity"], nuclide=wanted.parent)
    with beside("calibrated"):
        calibrated = schedule.placed(values["calibrated"], where)
    first = values["first"]
    clocks = [each for each in (values["calibrated"], first) if each is not None and each.tzinfo is None]
    with beside("first"):
        if first is not None and first.tzinfo is not None and calibrated.tzinfo is None:
            raise InputError(
                "This has an offset and the calibration time has none; give both an offset, or a time zone"
            )
        first = calibrated if first is None else schedule.placed(first, calibrated.tzinfo)
    return GeneratorInputs(
        texts=values["texts"],
        kind=wanted,
        activity_bq=activity_bq,
        six_day=_six_day(values["activity"]),
        calibrated=calibrated,
        first=first,
        remarks=tuple(said for at in clocks if (said := schedule.on_clock(at, calibrated.tzinfo)[1])),
        clock_s=values["elute"],
        days=values["days"],
        efficiency=wanted.efficiency if values["efficiency"] is None else values["efficiency"],
        breakthrough=(wanted.breakthrough or 0.0)
        if values["breakthrough"] is None
        else values["breakthrough"],
        rest_s=wanted.rest_s if values["rest"] is None else values["rest"],
        needed_bq=values["needed"],
        needs=values["needs"] or (),
        preparation_s=values["preparation"],
        gap_s=values["gap"],
    )


def _six_day(text: str) -> bool:
    """Whether an activity that can be read of Mo-99 is in six-day curies."""
    try:
        parse_activity(text)
    except InputError:
        return True
    return False


def answer(inputs: GeneratorInputs) -> Result:
    """Every eluate of the schedule."""
    one = inputs.kind
    timetable = schedule.daily(inputs.first, inputs.clock_s, inputs.days)
    moments = timetable.moments
    with beside("elute"):
        if not moments:
            raise InputError("No elution lies after the first moment; add a later time or a day")
    since_s = schedule.seconds(inputs.first, inputs.calibrated)
    with beside("first"), np.errstate(over="ignore"):
        start_bq = inputs.activity_bq * float(decay_factor(one.parent, since_s))
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
        "limit_ratio": one.limit_ratio,
        "eluate_life_s": one.eluate_life_s,
        "life_ends": eluate_limits.life_ends(inputs),
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
    figures += eluate_limits.figures(inputs)
    warnings = [*inputs.remarks, *timetable.remarks, *eluate_limits.warnings(inputs, rows)]
    notes = _notes(inputs)
    tables = [eluates.eluate_table(one, rows)]
    if len(inputs.clock_s) > 1:
        tables.append(eluates.day_table(daily))
    if inputs.needed_bq:
        figures.append(_useful(inputs, start_bq, data))
    if inputs.needs:
        day = needs.plan(inputs, start_bq)
        data["plan"] = needs.data(inputs, day)
        figures += needs.figures(inputs, day)
        tables = [*needs.tables(day), *tables]
        warnings += needs.warnings(day)
        notes += needs.notes(inputs)
    warnings += eluate_limits.life_warnings(inputs, moments)
    return Result(
        title=Words(f"{one.name} generator", f"{one.name} 发生器"),
        data=data,
        figures=tuple(figures),
        draw=lambda: eluates.charts(inputs, history, moments, taken),
        tables=tuple(tables),
        sources=(decay_data.SOURCE, *(f"{FIGURES[name]}: {said}" for name, said in one.sources)),
        notes=tuple(notes),
        warnings=tuple(warnings),
    )


def _elute(inputs: GeneratorInputs, start_bq: float, times: Array) -> ElutionHistory:
    with beside("rest"):
        rested_column(inputs.kind.parent, inputs.rest_s)
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
    """The last day on which every elution reaches what is needed, within the life of the generator."""
    wanted = inputs.needed_bq or 0.0
    moments = schedule.daily(inputs.first, inputs.clock_s, MOST_DAYS).moments
    times = np.array([schedule.seconds(at, inputs.first) for at in moments])
    enough = _elute(inputs, start_bq, times).of(inputs.kind.daughter) >= wanted
    figure, ended = eluate_limits.useful(inputs, moments, enough.tolist(), MOST_DAYS)
    last = figure.value
    data["needed_bq"], data["useful_until"], data["useful_ended_by"] = wanted, last, ended
    data["useful_days"] = None if last is None else schedule.seconds(last, inputs.first) / DAY_S
    return figure


def _notes(inputs: GeneratorInputs) -> list[Words]:
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
    if inputs.six_day:
        then = show(inputs.activity_bq, "activity")
        found.append(
            Words(
                "Six-day curies count from the release by the processing plant: the calibration time is "
                f"taken for that release, when it is {then}.",
                f"六天居里自处理厂放行起算：以标定时刻为放行时刻，届时活度为 {then}。",
            )
        )
    return [*found, *eluate_limits.life_notes(inputs), *eluate_limits.notes(inputs)]


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
            parent_activity,
            required=True,
            example="20 GBq",
            help=Words(
                "On the column, at the calibration time; of Mo-99 also six-day Ci at its release.",
                "柱上母体在标定时刻的活度；Mo-99 可用六天居里（以放行时刻标定）。",
            ),
            activity=True,
        ),
        Field(
            "calibrated",
            Words("Calibration time", "标定时刻"),
            schedule.instant,
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
            needs.needs,
            example="10:00=3GBq,14:00=2GBq",
            help=Words("Finds the best times to elute for them.", "求最佳洗脱时刻。"),
            advanced=True,
        ),
        Field(
            "preparation",
            Words("From elution to use", "洗脱至可用"),
            reading.wait,
            default=0.0,
            example="30 min",
            help=Words("For the needs; empty: none.", "用于各时刻需要；不填则为零。"),
            advanced=True,
        ),
        Field(
            "gap",
            Words("Least time between elutions", "两次洗脱最短间隔"),
            reading.wait,
            default=0.0,
            example="2 h",
            help=Words("For the needs; empty: none.", "用于各时刻需要；不填则为零。"),
            advanced=True,
        ),
        Field(
            "first",
            Words("Start", "起始时刻"),
            schedule.instant,
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
