"""What a calculator answers: figures, charts and tables with the kind of every number, and plain JSON.

A kind says unit and form: a page, a command and a chart print the same number each in their own way
(:func:`becq.calculators.showing.show`). Kinds: activity (Bq), activity_per_current (Bq/A),
activity_per_charge (Bq/C), activity_per_mass (Bq/g), duration (s), half_life (s), energy (MeV), current (A),
mass (g), power (W), length (m), flux (cm⁻² s⁻¹), dose_rate (Sv/h), share (fraction of one), number, count,
gamma (Sv m²/(Bq h)), density (g/cm²), nuclide, instant, words, code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from becq.calculators.words import NOTHING, Words


@dataclass(frozen=True, slots=True)
class Figure:
    """One number that matters, with what it refers to.

    :ivar nuclide: canonical name of what it is of, where it is of one.
    :ivar note: the reference time in words ("at EOB"), or what else the number needs.
    :ivar at: the moment it holds for, where there is one.
    :ivar relative_uncertainty: standard uncertainty, relative; None where the sources give none.
    """

    label: Words
    value: Any
    kind: str
    nuclide: str = ""
    note: Words = NOTHING
    at: datetime | None = None
    relative_uncertainty: float | None = None


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of a chart: what it shows and the kind of its numbers."""

    label: Words
    kind: str


@dataclass(frozen=True)
class Curve:
    """One curve: named after a nuclide or by words. ``x`` and ``y`` are (n,) in the units of the axes."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    nuclide: str = ""
    label: Words = NOTHING

    @classmethod
    def of(cls, x: ArrayLike, y: ArrayLike, nuclide: str = "", label: Words = NOTHING) -> Curve:
        """From anything that numpy takes."""
        return cls(np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64), nuclide, label)


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on the x axis with a name."""

    x: float
    label: Words


@dataclass(frozen=True, slots=True)
class Chart:
    """Curves over one x axis.

    :ivar start: where x is a duration since a moment, that moment (the axis then shows times of the day).
    :ivar log: whether a logarithmic scale is the better first choice.
    :ivar level: a value of y to be reached or not exceeded.
    """

    name: str
    title: Words
    x: Axis
    y: Axis
    curves: tuple[Curve, ...]
    marks: tuple[Mark, ...] = ()
    start: datetime | None = None
    log: bool = False
    level: float | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: its head and the kind of its cells."""

    label: Words
    kind: str
    hint: Words = NOTHING
    nuclide: str = ""
    """Canonical name where the head is a nuclide."""

    @classmethod
    def of(cls, nuclide: str, kind: str) -> Column:
        """A column of what is of one nuclide."""
        return cls(NOTHING, kind, nuclide=nuclide)


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: rows of cells in the order of its columns; None is a cell without a value."""

    name: str
    title: Words
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]

    @property
    def cells(self) -> list[list[dict[str, Any]]]:
        """Rows of cells, each with its kind, for templates."""
        return [
            [{"value": value, "kind": column.kind} for value, column in zip(row, self.columns, strict=True)]
            for row in self.rows
        ]


@dataclass(frozen=True)
class Result:
    """An answer.

    :ivar title: what was computed, in one line: "Ni-64(p,n)Cu-64".
    :ivar data: JSON-ready numbers, the keys of the command and of the API.
    :ivar draw: makes the charts, which only pages need and which may take longer than the rest.
    """

    title: Words
    data: Mapping[str, Any]
    figures: tuple[Figure, ...]
    draw: Callable[[], tuple[Chart, ...]] = tuple
    tables: tuple[Grid, ...] = ()
    sources: tuple[str, ...] = ()
    notes: tuple[Words | str, ...] = ()
    warnings: tuple[Words | str, ...] = field(default=())

    @cached_property
    def charts(self) -> tuple[Chart, ...]:
        """The charts, drawn when they are asked for."""
        return self.draw()

    def as_dict(self) -> dict[str, Any]:
        """The data with warnings, notes and sources, as JSON writes it; no infinite numbers."""
        said = {
            "warnings": [str(each) for each in self.warnings],
            "notes": [str(each) for each in self.notes],
            "sources": list(self.sources),
        }
        return {**{key: _json(value) for key, value in self.data.items()}, **said}


def _json(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _json(each) for key, each in value.items()}
    if isinstance(value, np.ndarray):
        return _json(value.tolist())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_json(each) for each in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bool) or value is None or isinstance(value, str | int):
        return value
    number = float(value)
    return number if np.isfinite(number) else None
