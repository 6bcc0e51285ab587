"""Daily equivalent maximum operating activity of workplaces with unsealed sources (GB 18871-2002, annex C).

The sum over what is handled on a day of activity x factor of the radiotoxicity group / operation factor;
:func:`becq.rules.reference.workplace_classes` makes a class of it. Tables: ``radiotoxicity_groups.csv``
(annex D), ``radiotoxicity_factors.csv`` and ``operation_factors.csv``; docs/reference-data.md says what was
read and which factors are assumptions. Only the quotient of the two factors has an effect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from becq.errors import InputError
from becq.physics import decay_data
from becq.physics.elements import read_table


@dataclass(frozen=True, slots=True)
class Radiotoxicity:
    """The radiotoxicity group of a nuclide in one form ("" for what is neither gas nor a compound)."""

    nuclide: str
    form: str
    group: str
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class GroupFactor:
    """A radiotoxicity group and the factor that its activities are multiplied by.

    :ivar assumption: why the factor is an assumption; "" where a text bears it out.
    """

    group: str
    name_en: str
    name_zh: str
    factor: float
    source: str
    assumption: str


@dataclass(frozen=True, slots=True)
class OperationFactor:
    """A kind of operation with sources in one state and the factor that its activities are divided by.

    :ivar assumption: why the factor is an assumption; "" where a text bears it out.
    """

    code: str
    name_en: str
    name_zh: str
    state_en: str
    state_zh: str
    factor: float
    source: str
    assumption: str


@lru_cache(maxsize=1)
def radiotoxicity_groups() -> Mapping[str, Mapping[str, Radiotoxicity]]:
    """The radiotoxicity groups by nuclide and form."""
    groups: dict[str, dict[str, Radiotoxicity]] = {}
    for row in read_table("radiotoxicity_groups.csv"):
        entry = Radiotoxicity(row["nuclide"], row["form"], row["group"], row["source"], row["note"])
        groups.setdefault(entry.nuclide, {})[entry.form] = entry
    return MappingProxyType({name: MappingProxyType(forms) for name, forms in groups.items()})


@lru_cache(maxsize=1)
def group_factors() -> Mapping[str, GroupFactor]:
    """The radiotoxicity groups with their factors, the most toxic first."""
    rows = (
        GroupFactor(
            row["group"],
            row["name_en"],
            row["name_zh"],
            float(row["factor"]),
            row["source"],
            row["assumption"],
        )
        for row in read_table("radiotoxicity_factors.csv")
    )
    return MappingProxyType({row.group: row for row in rows})


@lru_cache(maxsize=1)
def operation_factors() -> Mapping[str, OperationFactor]:
    """The kinds of operation with their factors by code."""
    rows = (
        OperationFactor(
            row["code"],
            row["name_en"],
            row["name_zh"],
            row["state_en"],
            row["state_zh"],
            float(row["factor"]),
            row["source"],
            row["assumption"],
        )
        for row in read_table("operation_factors.csv")
    )
    return MappingProxyType({row.code: row for row in rows})


def radiotoxicity_group(nuclide: str, form: str = "") -> str:
    """The radiotoxicity group of a nuclide: very-high, high, moderate or low.

    :param form: "" for what is neither gas nor a compound, or a form of the table ("vapour", "methyl", ...).
        Nuclides of which the standard lists gases only (C-14, Xe-133) need none.
    :raises InputError: for a nuclide that the list lacks, or where the form decides and is not said.
    """
    decay_data.record(nuclide)
    forms = radiotoxicity_groups().get(nuclide)
    if forms is None:
        raise InputError(
            f"GB 18871-2002 annex D, as read, has no radiotoxicity group for {nuclide}; the authority sets it"
        )
    if form in forms:
        return forms[form].group
    if not form and "vapour" in forms and not {"inorganic", "organic"} & set(forms):
        return forms["vapour"].group
    groups = {entry.group for entry in forms.values()}
    if not form and len(groups) == 1:
        return groups.pop()
    known = ", ".join(repr(name) for name in sorted(forms))
    raise InputError(f"{nuclide} has radiotoxicity groups by form: say one of {known}, not {form!r}")


def toxicity_factor(nuclide: str, form: str = "") -> float:
    """The factor of the group of a nuclide. Raises InputError as :func:`radiotoxicity_group`."""
    return group_factors()[radiotoxicity_group(nuclide, form)].factor


def operation_factor(code: str) -> float:
    """The factor of an operation by its code. Raises InputError for a code that the table lacks."""
    try:
        return operation_factors()[code].factor
    except KeyError:
        known = ", ".join(operation_factors())
        raise InputError(f"No operation factor for {code!r}: the table has {known}") from None


def daily_equivalents_bq(
    nuclides: Sequence[str], activities_bq: ArrayLike, operations: Sequence[str | None]
) -> NDArray[np.float64]:
    """What each amount handled on a day counts for, in Bq.

    :param nuclides: n nuclides, neither gases nor compounds where that makes a difference.
    :param activities_bq: what is handled of each, shape (..., n): rows may be days or workplaces.
    :param operations: n codes of ``operation_factors.csv``; None where it is not known how it is handled.
    :returns: shape (..., n); nan where an amount above 0 has no known group or operation.
    :raises InputError: for unequal lengths, a negative activity or a nuclide that does not exist.
    """
    activities = np.asarray(activities_bq, dtype=np.float64)
    if len(nuclides) != len(operations) or activities.shape[-1:] != (len(nuclides),):
        raise InputError(
            f"Each activity needs its nuclide and its operation: there are {len(nuclides)} nuclides, "
            f"{len(operations)} operations and activities of shape {activities.shape}"
        )
    if not np.all(activities >= 0):
        raise InputError("An activity handled must be a number from 0 upwards")
    weights = np.array([_weight(*pair) for pair in zip(nuclides, operations, strict=True)], dtype=np.float64)
    return np.where(activities > 0, activities * weights, 0.0)


def daily_equivalent_bq(
    nuclides: Sequence[str], activities_bq: ArrayLike, operations: Sequence[str | None]
) -> float | None:
    """The daily equivalent activity of one workplace in Bq; None where part of it cannot be known.

    Parameters as in :func:`daily_equivalents_bq`, with activities of shape (n,).
    """
    total = float(np.sum(daily_equivalents_bq(nuclides, activities_bq, operations)))
    return None if np.isnan(total) else total


@lru_cache(maxsize=4096)
def _weight(nuclide: str, operation: str | None) -> float:
    """Factor of the group over factor of the operation, nan where one of them is not known."""
    decay_data.record(nuclide)
    if operation is None or operation not in operation_factors():
        return float("nan")
    try:
        return toxicity_factor(nuclide) / operation_factors()[operation].factor
    except InputError:
        return float("nan")
