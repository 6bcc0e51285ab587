"""Inventories as polars frames: tables of lots decayed to a moment, whole or in blocks.

A frame has one row for each nuclide of a lot, in the columns

    lot             any type; the rows of one lot stand together
    nuclide         canonical name ("Tc-99m")
    activity_bq     float, in Bq
    reference_time  moment of that activity: Datetime with a time zone, or a number of seconds

Rows are decayed by start nuclide, all rows of one nuclide in one array, and the members of a lot that come
from several rows are added up (decay is linear). Cost grows like the number of rows. For more rows than there
is memory, see :mod:`becq.physics.inventory_blocks`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from becq.errors import InputError
from becq.physics import decay_data
from becq.physics.bateman import Array
from becq.physics.chains import chain
from becq.physics.decay import DecayedInventory, decay, decay_factor
from becq.physics.nuclides import Nuclide

Form = Literal["long", "wide"]
Moment = datetime | float | str
Part = tuple[NDArray[np.uint32], tuple[str, ...], Array]  # lot of each row, members, activities

COLUMNS = ("lot", "nuclide", "activity_bq", "reference_time")


def decayed(
    frame: pl.DataFrame,
    at: Moment,
    *,
    members: Sequence[str | Nuclide] | None = None,
    progeny: bool = True,
    form: Form = "long",
) -> pl.DataFrame:
    """An inventory at another moment.

    :param frame: rows as described above; other columns are left out of the answer.
    :param at: the moment: an aware datetime, or seconds where ``reference_time`` is in seconds; or the name
        of a column with such moments, one for each lot.
    :param members: give only these nuclides; None for all radioactive members of the chains.
    :param progeny: False decays each nuclide alone, without what grows from it; then ``at`` may also lie
        before the reference time.
    :param form: "long": rows of lot, nuclide, activity_bq, reference_time; the members of a lot stand
        parents before progeny. "wide": a row for each lot with lot, reference_time and a column in Bq for
        each nuclide (those of ``members`` if given, in that order), null where the lot's chains lack it.
    :returns: lots in the order of their first rows; ``reference_time`` is the moment asked for.
    :raises InputError: for missing columns, unknown nuclides, empty cells, moments before the reference time,
        another form.
    """
    if form not in get_args(Form):
        raise InputError(f"There is no form {form!r} of an inventory; use {' or '.join(get_args(Form))}")
    _check(frame)
    activities = frame["activity_bq"].cast(pl.Float64).to_numpy()
    elapsed = _elapsed_s(frame, at, backwards=not progeny)
    lots, codes, moments = _lots(frame, at)
    wanted = None if members is None else tuple(str(m) for m in members)
    for name in wanted or ():
        decay_data.record(name)
    parts: list[Part] = []
    names = frame["nuclide"].unique(maintain_order=True).to_list()
    for name in names:
        chosen = slice(None) if len(names) == 1 else np.flatnonzero((frame["nuclide"] == name).to_numpy())
        held = chain(name).members if progeny else (name,)
        shown = held if wanted is None else tuple(m for m in wanted if m in held)
        if not shown:
            continue
        if progeny:
            values = decay(name, activities[chosen], elapsed[chosen], members=shown).activities_bq
        else:
            values = (activities[chosen] * decay_factor(name, elapsed[chosen]))[:, None]
        parts.append((codes[chosen], shown, values))
    columns = sorted({m for _, shown, _ in parts for m in shown}, key=_order().__getitem__)
    single = len(parts) == 1 and lots.len() == frame.height
    if form == "long":
        return _long(parts, lots, moments, columns, unique=single)
    return _wide(parts, lots, moments, columns if wanted is None else list(wanted))


def to_wide(frame: pl.DataFrame) -> pl.DataFrame:
    """From long to wide: one row for each lot and moment, one column in Bq for each nuclide, null where none.

    Rows of one lot, moment and nuclide are added up.

    :raises InputError: for missing columns, unknown nuclides or empty cells.
    """
    _check(frame)
    columns = sorted(frame["nuclide"].unique().to_list(), key=_order().__getitem__)
    index = ["lot", "reference_time"]
    once = frame.group_by(*index, "nuclide", maintain_order=True).agg(pl.col("activity_bq").sum())
    wide = once.pivot("nuclide", index=index, values="activity_bq", maintain_order=True)
    return wide.select(*index, *columns)


def to_long(frame: pl.DataFrame) -> pl.DataFrame:
    """From wide to long, nulls left out: the inverse of :func:`to_wide`.

    :raises InputError: if ``lot`` or ``reference_time`` is missing or a column is no nuclide.
    """
    missing = [c for c in ("lot", "reference_time") if c not in frame.columns]
    if missing:
        raise InputError(f"An inventory in wide form needs the column {', '.join(missing)}")
    nuclides = [c for c in frame.columns if c not in ("lot", "reference_time")]
    for name in nuclides:
        decay_data.record(name)
    long = frame.with_row_index("_row").unpivot(
        nuclides, index=["_row", "lot", "reference_time"], variable_name="nuclide", value_name="activity_bq"
    )
    return long.drop_nulls("activity_bq").sort("_row", maintain_order=True).select(*COLUMNS)


def from_arrays(lots: Sequence[object] | pl.Series, inventory: DecayedInventory, at: Moment) -> pl.DataFrame:
    """Decayed arrays as a frame in long form.

    :param lots: L names of lots.
    :param inventory: activities of shape (L, n).
    :param at: the moment of the activities, an aware datetime or seconds.
    :raises InputError: for shapes that do not fit.
    """
    names = pl.Series("lot", lots)
    n = len(inventory.members)
    if inventory.activities_bq.shape != (names.len(), n):
        raise InputError(f"Activities of shape {inventory.activities_bq.shape} do not fit {names.len()} lots")
    moments = pl.Series("reference_time", [at]).new_from_index(0, names.len())
    codes = np.arange(names.len(), dtype=np.uint32)
    part = (codes, inventory.members, inventory.activities_bq)
    columns = sorted(inventory.members, key=_order().__getitem__)
    return _long([part], names, moments, columns, unique=True)


def _check(frame: pl.DataFrame) -> None:
    missing = [c for c in COLUMNS if c not in frame.columns]
    if missing:
        raise InputError(
            f"An inventory needs the columns {', '.join(COLUMNS)}; missing: {', '.join(missing)}"
        )
    for column in COLUMNS:
        _refuse(frame, frame[column].is_null(), f"Column {column} is empty")
    unknown = [n for n in frame["nuclide"].unique().to_list() if not decay_data.known(n)]
    if unknown:
        what = f"No decay data for {unknown[0]!r} in ICRP-107 (names look like Tc-99m)"
        _refuse(frame, frame["nuclide"] == unknown[0], what)
    _refuse(frame, ~frame["activity_bq"].cast(pl.Float64).is_finite(), "The activity is not a finite number")


def _refuse(frame: pl.DataFrame, bad: pl.Series, what: str) -> None:
    if bad.any():
        row = int(bad.arg_max() or 0)
        raise InputError(f"{what}: row {row + 1}, lot {frame['lot'][row]}")


def _elapsed_s(frame: pl.DataFrame, at: Moment, *, backwards: bool) -> Array:
    """Seconds from the reference time to the moment, for each row."""
    reference = frame["reference_time"]
    if isinstance(at, str):
        if at not in frame.columns:
            raise InputError(f"There is no column {at!r} with the moments to decay to")
        if frame[at].null_count():
            raise InputError(f"Column {at} has empty cells: every row needs a moment")
    kind = frame[at].dtype if isinstance(at, str) else None
    if isinstance(reference.dtype, pl.Datetime):
        zone = reference.dtype.time_zone is not None
        aware = (
            kind.time_zone is not None
            if isinstance(kind, pl.Datetime)
            else getattr(at, "tzinfo", None) is not None
        )
        if not zone or not aware:
            raise InputError(
                "Moments need a time zone: reference_time and the moment to decay to, best in UTC"
            )
        moment = pl.col(at) if isinstance(at, str) else pl.lit(at)
        gap = frame.select((moment - pl.col("reference_time")).dt.total_microseconds()).to_series()
        elapsed = gap.to_numpy() / 1e6
    elif (
        reference.dtype.is_numeric() and not isinstance(at, datetime) and (kind is None or kind.is_numeric())
    ):
        moments = frame[at].to_numpy() if isinstance(at, str) else at
        elapsed = np.asarray(moments, np.float64) - reference.cast(pl.Float64).to_numpy()
    else:
        raise InputError("reference_time and the moment to decay to must both be datetimes or both seconds")
    if elapsed.size and elapsed.min() < 0 and not backwards:
        row = int(elapsed.argmin())
        raise InputError(
            f"Lot {frame['lot'][row]} would have to be decayed back by {-elapsed[row]:.6g} s: a chain cannot "
            "be run backwards (progeny=False takes each nuclide alone)"
        )
    return np.asarray(elapsed, dtype=np.float64)


def _lots(frame: pl.DataFrame, at: Moment) -> tuple[pl.Series, NDArray[np.uint32], pl.Series]:
    """The lots by first appearance, the number of each row's lot, and the lots' moments."""
    if frame["lot"].n_unique() == frame.height:
        firsts, codes = frame, np.arange(frame.height, dtype=np.uint32)
    else:
        firsts = frame.unique("lot", keep="first", maintain_order=True)
        numbered = firsts.select("lot").with_row_index("code")
        rows = frame.select("lot").with_row_index("row").join(numbered, on="lot").sort("row")
        codes = rows["code"].to_numpy()
        if isinstance(at, str) and frame.select(pl.struct("lot", at).n_unique()).item() != firsts.height:
            raise InputError(f"Column {at} must hold one moment for each lot")
    if isinstance(at, str):
        moments = firsts[at]
    else:
        moments = pl.Series([at], dtype=frame["reference_time"].dtype).new_from_index(0, firsts.height)
    return firsts["lot"], codes, moments.alias("reference_time")


def _long(
    parts: list[Part],
    lots: pl.Series,
    moments: pl.Series,
    columns: list[str],
    *,
    unique: bool,
) -> pl.DataFrame:
    """Rows of lot, nuclide, activity_bq and reference_time from arrays by start nuclide."""
    place = {name: i for i, name in enumerate(columns)}
    tables = []
    for codes, shown, values in parts:
        order = sorted(range(len(shown)), key=lambda j, s=shown: place[s[j]])  # type: ignore[misc]
        if order != list(range(len(shown))):
            values = values[:, order]
        numbers = np.array([place[shown[j]] for j in order], dtype=np.uint64)
        keys = (codes.astype(np.uint64)[:, None] << np.uint64(16)) | numbers  # lot, then member
        tables.append(pl.DataFrame({"key": keys.reshape(-1), "activity_bq": values.reshape(-1)}))
    table = (
        pl.concat(tables) if tables else pl.DataFrame(schema={"key": pl.UInt64, "activity_bq": pl.Float64})
    )
    if not unique:
        table = table.group_by("key").agg(pl.col("activity_bq").sum()).sort("key")
    keys = table["key"].to_numpy()
    code = pl.Series((keys >> np.uint64(16)).astype(np.uint32))
    member = pl.Series((keys & np.uint64(0xFFFF)).astype(np.uint32))
    names = pl.Series(columns, dtype=pl.String)
    return pl.DataFrame(
        {
            "lot": lots.gather(code),
            "nuclide": names.gather(member),
            "activity_bq": table["activity_bq"],
            "reference_time": moments.gather(code),
        }
    )


def _wide(parts: list[Part], lots: pl.Series, moments: pl.Series, columns: list[str]) -> pl.DataFrame:
    """One row for each lot from arrays by start nuclide."""
    series = []
    for name in columns:
        total, held = np.zeros(lots.len()), np.zeros(lots.len(), dtype=bool)
        for codes, shown, values in parts:
            if name in shown:
                np.add.at(total, codes, values[:, shown.index(name)])
                held[codes] = True
        column = pl.Series(name, total)
        if not held.all():
            column = column.to_frame().select(pl.when(pl.Series(held)).then(pl.col(name))).to_series()
        series.append(column)
    return pl.DataFrame([lots.alias("lot"), moments, *series])


def _order() -> dict[str, int]:
    return {name: i for i, name in enumerate(decay_data.names())}
