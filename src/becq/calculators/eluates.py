"""Eluates of a generator as tables and charts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

import numpy as np

from becq.calculators import reading
from becq.calculators.calculator import Inputs
from becq.calculators.result import Axis, Chart, Column, Curve, Grid
from becq.calculators.words import Words
from becq.physics.bateman import Array
from becq.physics.elution import ElutionHistory
from becq.physics.generator_kinds import GeneratorKind

DAY_S = 86400.0
POINTS = 24
MOST_POINTS = 900


@dataclass(frozen=True, kw_only=True)
class GeneratorInputs(Inputs):
    """What is asked; ``calibrated`` and ``first`` are aware where a zone or an offset is known.

    :ivar six_day: whether the activity was given in six-day curies, so that the calibration is the release.
    :ivar remarks: what had to be said of clock times that come twice.
    :ivar preparation_s: from an elution until its eluate can serve a need.
    :ivar gap_s: least time between two elutions for the needs.
    """

    kind: GeneratorKind
    activity_bq: float
    six_day: bool
    calibrated: datetime
    first: datetime
    remarks: tuple[Words, ...]
    clock_s: tuple[float, ...]
    days: int
    efficiency: float
    breakthrough: float
    rest_s: float
    needed_bq: float | None
    needs: tuple[tuple[float, float], ...]
    preparation_s: float
    gap_s: float


def rows(inputs: GeneratorInputs, moments: list[datetime], history: ElutionHistory) -> list[dict[str, Any]]:
    one = inputs.kind
    ratio, purity = history.breakthrough_ratio, history.isotopic_share
    until = history.time_to_ratio_s(one.limit_ratio) if one.limit_ratio and inputs.breakthrough else None
    place = history.members.index(one.daughter)
    return [
        {
            "at": at,
            "time_s": float(history.times_s[i]),
            "parent_bq": float(history.before_bq[i, 0]),
            "daughter_bq": float(history.before_bq[i, place]),
            "eluate_bq": float(history.eluates_bq[i, place]),
            "isotopic_share": float(purity[i]),
            "breakthrough_ratio": float(ratio[i]) if np.isfinite(ratio[i]) else None,
            "time_to_limit_s": None if until is None or not np.isfinite(until[i]) else float(until[i]),
        }
        for i, at in enumerate(moments)
    ]


def daily(moments: list[datetime], eluates: Array) -> list[tuple[str, list[float]]]:
    days: dict[str, list[float]] = {}
    for at, bq in zip(moments, eluates.tolist(), strict=True):
        days.setdefault(f"{at:%Y-%m-%d}", []).append(bq)
    return list(days.items())


def eluate_table(one: GeneratorKind, rows: list[dict[str, Any]]) -> Grid:
    columns = [
        Column(Words("Elution", "洗脱时刻"), "instant"),
        Column(Words("On the column", "柱上"), "activity", nuclide=one.parent),
        Column(Words("On the column", "柱上"), "activity", nuclide=one.daughter),
        Column(Words("Eluate", "洗脱液"), "activity"),
        Column(Words("Share of its element's atoms", "占同元素原子"), "share"),
    ]
    keys = ["at", "parent_bq", "daughter_bq", "eluate_bq", "isotopic_share"]
    if any(row["breakthrough_ratio"] for row in rows):
        columns.append(Column(Words("Parent per daughter", "母体/子体活度比"), "number"))
        keys.append("breakthrough_ratio")
    if any(row["time_to_limit_s"] is not None for row in rows):
        columns.append(Column(Words("Limit reached after", "达到限值需"), "duration"))
        keys.append("time_to_limit_s")
    return Grid(
        "eluates",
        Words("Eluates", "洗脱液"),
        tuple(columns),
        tuple(tuple(row[key] for key in keys) for row in rows),
    )


def day_table(daily: list[tuple[str, list[float]]]) -> Grid:
    columns = (
        Column(Words("Day", "日期"), "code"),
        Column(Words("Eluates", "洗脱次数"), "number"),
        Column(Words("Together", "合计"), "activity"),
    )
    rows = tuple((day, len(values), sum(values)) for day, values in daily)
    return Grid("days", Words("Day by day", "逐日合计"), columns, rows)


def charts(
    inputs: GeneratorInputs, history: ElutionHistory, moments: list[datetime], eluates: Array
) -> tuple[Chart, ...]:
    one = inputs.kind
    times = history.times_s
    end = float(times[-1]) + 0.25 * DAY_S
    edges = np.concatenate([[0.0], times, [end]])
    each = int(max(4, min(POINTS, MOST_POINTS // len(edges))))
    pieces = [np.linspace(a, b, each) for a, b in pairwise(edges) if b > a]
    x = np.unique(np.concatenate(pieces))
    column = history.column_bq(x)
    place = history.members.index(one.daughter)
    before = np.searchsorted(x, times)
    xs = np.insert(x, before, times)
    parent = np.insert(column[:, 0], before, history.before_bq[:, 0])
    daughter = np.insert(column[:, place], before, history.before_bq[:, place])
    charts = [
        Chart(
            name="column",
            title=Words("On the column", "柱上活度"),
            x=Axis(reading.TIME, "duration"),
            y=Axis(reading.ACTIVITY, "activity"),
            curves=(Curve.of(xs, parent, one.parent), Curve.of(xs, daughter, one.daughter)),
            start=inputs.first if inputs.first.tzinfo is not None else None,
            level=inputs.needed_bq,
        )
    ]
    if inputs.days > 2:
        charts.append(_eluate_chart(inputs, moments, times, eluates))
    return tuple(charts)


def _eluate_chart(inputs: GeneratorInputs, moments: list[datetime], times: Array, eluates: Array) -> Chart:
    """One curve for each time of the day."""
    by_clock: dict[str, list[int]] = {}
    for i, at in enumerate(moments):
        by_clock.setdefault(f"{at:%H:%M}", []).append(i)
    curves = tuple(
        Curve.of(times[rows], eluates[rows], inputs.kind.daughter, Words(clock, clock))
        for clock, rows in by_clock.items()
        if len(rows) > 2
    )
    return Chart(
        name="eluates",
        title=Words("Eluates day by day", "逐日洗脱液活度"),
        x=Axis(Words("Since the first moment", "自起始时刻"), "duration"),
        y=Axis(reading.ACTIVITY, "activity"),
        curves=curves,
        level=inputs.needed_bq,
    )
