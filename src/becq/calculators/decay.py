"""Decay: what is left of a nuclide and what has grown from it, over a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from becq.calculators import reading
from becq.calculators.calculator import Calculator, Inputs, beside
from becq.calculators.field import Field
from becq.calculators.result import Axis, Chart, Column, Curve, Figure, Grid, Mark, Result
from becq.calculators.words import Words
from becq.errors import InputError, Problem, ProblemsError
from becq.physics import cumulation, decay_data, half_lives, uncertainty
from becq.physics import decay as physics
from becq.physics.milestones import ingrowth_maximum, time_to_activity_s
from becq.physics.quantities import format_duration, format_half_life, parse_activity, parse_fraction

UNCERTAINTIES = "NUBASE2020 (Kondev et al. 2021, Chinese Physics C 45, 030001)"
POINTS, DENSE = 120, 40
CURVES = 8
"""Members that the chart and the table of times show at most, the largest."""
LEAST_SHARE = 1e-6
"""Members below this share of the highest activity are not shown."""
WIDE_SPAN = 100.0
"""Activities that differ by more are better seen on a logarithmic scale."""


@dataclass(frozen=True, kw_only=True)
class DecayInputs(Inputs):
    """``limit_bq``: an activity whose time is looked for, None for none; ``uncertainty``: relative standard
    uncertainty of the start; ``steps``: rows of the table."""

    nuclide: str
    activity_bq: float
    after_s: float
    limit_bq: float | None
    uncertainty: float
    steps: int


def activity_text(text: str) -> str:
    """The text of an activity, checked as far as it can be before the nuclide is known."""
    reading.bounded(lambda each: parse_activity(each, nuclide="Mo-99"), 1e25, "10²⁵ Bq", zero=True)(text)
    return text


def build(*, activity: str, **values: Any) -> DecayInputs:
    """The activity is read last, because six-day curies need to know of what they are."""
    try:
        bq = parse_activity(activity, nuclide=values["nuclide"])
    except InputError as error:
        raise ProblemsError([Problem("decay", None, "activity", str(error))]) from error
    return DecayInputs(
        texts=values["texts"],
        nuclide=values["nuclide"],
        activity_bq=bq,
        after_s=values["after"],
        limit_bq=values["limit"],
        uncertainty=values["uncertainty"],
        steps=values["steps"],
    )


def answer(inputs: DecayInputs) -> Result:
    """Activities of the chain at the end and on the way there."""
    start, after = inputs.activity_bq, inputs.after_s
    with beside("after"):
        end = uncertainty.decay_with_uncertainty(
            inputs.nuclide, start, after, inputs.uncertainty, old_half_lives=True
        )
    activities = dict(zip(end.members, end.activities_bq.tolist(), strict=True))
    spreads = dict(zip(end.members, end.uncertainties_bq.tolist(), strict=True))
    endless = after > 0 and not end.activities_bq.any()  # nothing is left: every decay has happened
    counted = cumulation.cumulated(inputs.nuclide, start, np.inf if endless else after)
    decays = dict(zip(counted.members, counted.decays.tolist(), strict=True))
    maxima = _maxima(inputs, end.members)
    steps = np.linspace(0.0, after, inputs.steps + 1)
    on_the_way = physics.decay(inputs.nuclide, start, steps).activities_bq
    half_life = decay_data.half_life_s(inputs.nuclide)
    data: dict[str, Any] = {
        "nuclide": inputs.nuclide,
        "after_s": after,
        "half_life_s": half_life,
        "activities_bq": activities,
        "uncertainties_bq": spreads,
        "decays": decays,
        "maxima": maxima,
    }
    left = activities[inputs.nuclide] / start if start else None
    spread = _relative(spreads[inputs.nuclide], activities[inputs.nuclide])
    figures = [
        Figure(
            Words("Left", "剩余活度"),
            activities[inputs.nuclide],
            "activity",
            inputs.nuclide,
            Words(f"after {format_duration(after)}", f"{format_duration(after)} 后"),
            relative_uncertainty=spread,
        ),
        Figure(Words("Of the start", "占初始"), left, "share", inputs.nuclide),
        Figure(reading.HALF_LIFE, half_life, "half_life", inputs.nuclide),
    ]
    marks: list[Mark] = []
    if inputs.limit_bq is not None:
        figures.append(_time_to_limit(inputs, data, marks))
    data["times"] = [
        {"time_s": t, "activities_bq": dict(zip(end.members, row, strict=True))}
        for t, row in zip(steps.tolist(), on_the_way.tolist(), strict=True)
    ]
    return Result(
        title=Words(f"Decay of {inputs.nuclide}", f"{inputs.nuclide} 的衰变"),
        data=data,
        figures=tuple(figures),
        draw=lambda: (_chart(inputs, after, marks),),
        tables=(_members(activities, spreads, decays, maxima), _times(end.members, steps, on_the_way)),
        sources=(decay_data.SOURCE, f"Uncertainties of half-lives: {UNCERTAINTIES}"),
        notes=(*_unseen(inputs, end.members, on_the_way), *_notes(end.members, end.without)),
    )


def _time_to_limit(inputs: DecayInputs, data: dict[str, Any], marks: list[Mark]) -> Figure:
    limit = inputs.limit_bq or 0.0
    start = inputs.activity_bq
    time = max(0.0, float(time_to_activity_s(inputs.nuclide, start, limit))) if start else 0.0
    data["limit_bq"], data["time_to_limit_s"] = limit, time
    marks.append(Mark(time, Words("limit", "限值")))
    return Figure(Words("Down to the limit after", "降至限值需"), time, "duration", inputs.nuclide)


def _chart(inputs: DecayInputs, after: float, marks: list[Mark]) -> Chart:
    span = max(after, 1.15 * marks[0].x if marks else 0.0)
    times = reading.grid(span, POINTS, dense=DENSE)
    found = physics.decay(inputs.nuclide, inputs.activity_bq, times)
    shown = _largest(found.activities_bq)
    curves = tuple(Curve.of(times, found.activities_bq[:, i], found.members[i]) for i in shown)
    ends = found.activities_bq[[0, -1]][:, shown]
    lowest = min(ends[ends > 0], default=0.0)
    return Chart(
        name="decay",
        title=Words("Activity over time", "活度随时间变化"),
        x=Axis(reading.TIME, "duration"),
        y=Axis(reading.ACTIVITY, "activity"),
        curves=curves,
        marks=tuple(marks),
        log=inputs.limit_bq is not None or bool(found.activities_bq.max() > WIDE_SPAN * lowest > 0),
        level=inputs.limit_bq,
    )


def _largest(activities: Any) -> list[int]:
    """Places of the members that are shown, parents before progeny; the first one where all are zero."""
    tops = activities.max(axis=0)
    order = [int(i) for i in np.argsort(-tops, kind="stable") if tops[i] > LEAST_SHARE * tops.max()]
    return sorted(order[:CURVES]) or [0]


def _unseen(inputs: DecayInputs, members: tuple[str, ...], activities: Any) -> tuple[Words, ...]:
    """What the table of times leaves out, or that there is nothing at all."""
    if not inputs.activity_bq:
        return (
            Words(
                "There is no activity at the start, so there is none later.",
                "初始活度为零，此后也没有活度。",
            ),
        )
    shown = _largest(activities)
    left_out = [name for i, name in enumerate(members) if i not in shown]
    if not left_out:
        return ()
    names = ", ".join(left_out[:CURVES]) + (", ..." if len(left_out) > CURVES else "")
    return (
        Words(
            f"On the way, {len(left_out)} of {len(members)} members are not shown, the smallest: {names}.",
            f"“各时刻活度”未列出 {len(members)} 个成员中最小的 {len(left_out)} 个：{names}。",
        ),
    )


def _relative(spread: float, value: float) -> float | None:
    return spread / value if value > 0 and spread > 0 else None


def _notes(members: tuple[str, ...], without: tuple[str, ...]) -> tuple[Words, ...]:
    """Where half-lives are out of date, or without an uncertainty."""
    found = []
    for name in members:
        row = half_lives.evaluated_half_life(name)
        if row is not None and row.notable:
            used, later = format_half_life(row.used_s), format_half_life(row.half_life_s)
            off = f"{100 * row.difference:+.1f} %"
            found.append(
                Words(
                    f"ICRP-107 gives {name} a half-life of {used}; NUBASE2020 has {later} ({off}). "
                    "The uncertainty holds the difference.",
                    f"ICRP-107 给出 {name} 的半衰期为 {used}；NUBASE2020 为 {later}（{off}）。"
                    "不确定度已包含该差异。",
                )
            )
    if without:
        names = ", ".join(without)
        found.append(
            Words(
                f"No uncertainty is known for the half-life of {names}; it counts as exact.",
                f"{names} 的半衰期没有已知的不确定度，按精确值计。",
            )
        )
    return tuple(found)


def _maxima(inputs: DecayInputs, members: tuple[str, ...]) -> dict[str, dict[str, float]]:
    """When each progeny is at its largest, and how much it is then, whatever the time asked for."""
    found = {}
    for name in members:
        if name == inputs.nuclide:
            continue
        top = ingrowth_maximum(inputs.nuclide, inputs.activity_bq, name)
        found[name] = {"time_s": float(top.time_s), "activity_bq": float(top.activity_bq)}
    return found


def _members(
    activities: dict[str, float],
    spreads: dict[str, float],
    decays: dict[str, float],
    maxima: dict[str, dict[str, float]],
) -> Grid:
    return Grid(
        "members",
        Words("At the end", "末时刻"),
        (
            Column(reading.NUCLIDE, "nuclide"),
            Column(reading.HALF_LIFE, "half_life"),
            Column(reading.ACTIVITY, "activity"),
            Column(Words("Standard uncertainty", "标准不确定度"), "share"),
            Column(Words("Decays until then", "累计衰变数"), "count"),
            Column(Words("Largest after", "最大值出现于"), "duration"),
            Column(Words("Largest", "最大值"), "activity"),
        ),
        tuple(
            (
                name,
                decay_data.half_life_s(name),
                bq,
                _relative(spreads[name], bq),
                decays[name],
                maxima[name]["time_s"] if name in maxima else None,
                maxima[name]["activity_bq"] if name in maxima else None,
            )
            for name, bq in activities.items()
        ),
    )


def _times(members: tuple[str, ...], times: Any, activities: Any) -> Grid:
    shown = _largest(activities)
    return Grid(
        "times",
        Words("On the way", "各时刻活度"),
        (
            Column(Words("After", "经过"), "duration"),
            *(Column.of(members[i], "activity") for i in shown),
        ),
        tuple((float(t), *(float(row[i]) for i in shown)) for t, row in zip(times, activities, strict=True)),
    )


CALCULATOR = Calculator(
    name="decay",
    title=Words("Decay", "衰变"),
    sentence=Words(
        "What is left of a nuclide and what has grown from it after a time.",
        "一段时间后某核素的剩余活度及其子体的生长。",
    ),
    icon="nuclide",
    command=("decay",),
    fields=(
        Field(
            "nuclide",
            reading.NUCLIDE,
            reading.radionuclide,
            required=True,
            example="Ac-225",
            help=Words("In any spelling: Ac-225, 225Ac, 锕-225.", "任何写法均可：Ac-225、225Ac、锕-225。"),
            suggestions=reading.common_nuclides,
            option="",
        ),
        Field(
            "activity",
            Words("Activity at the start", "初始活度"),
            activity_text,
            required=True,
            example="1 GBq",
            help=Words(
                "Bq or Ci with prefix; of Mo-99 also six-day Ci.", "带词头的 Bq 或 Ci；Mo-99 可用六天居里。"
            ),
            activity=True,
        ),
        Field(
            "after",
            Words("Time that passes", "经过时间"),
            reading.span,
            required=True,
            example="10 d",
            help=Words("10 d, 66 h, 2 h 15 min, 3天.", "10 d、66 h、2 h 15 min、3天。"),
        ),
        Field(
            "limit",
            Words("Limit", "限值"),
            reading.activity,
            example="1 MBq",
            help=Words(
                "An activity whose time is looked for; may be left out.", "求降至该活度所需的时间；可不填。"
            ),
            activity=True,
        ),
        Field(
            "uncertainty",
            Words("Standard uncertainty of the start", "初始活度的标准不确定度"),
            parse_fraction,
            default=0.0,
            example="2 %",
            advanced=True,
        ),
        Field(
            "steps",
            Words("Steps of the table", "表格步数"),
            reading.whole(1, 200),
            default=10,
            example="10",
            advanced=True,
        ),
    ),
    build=build,
    answer=answer,
    examples=(
        (
            Words("1 GBq of Ac-225 over ten days", "1 GBq Ac-225，十天"),
            {"nuclide": "Ac-225", "activity": "1 GBq", "after": "10 d"},
        ),
        (
            Words("Mo-99 sold by six-day curies", "按六天居里出售的 Mo-99"),
            {"nuclide": "Mo-99", "activity": "10 six-day Ci", "after": "6 d"},
        ),
        (
            Words("7.4 GBq of I-131, stored for 180 days", "7.4 GBq I-131，贮存 180 天"),
            {"nuclide": "I-131", "activity": "7.4 GBq", "after": "180 d", "limit": "1 MBq"},
        ),
    ),
)
