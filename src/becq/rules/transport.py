"""What a package may hold: fractions of A1, A2 and the exempt values for mixtures, and the type that follows.

Source: IAEA SSR-6 (Rev. 1), section IV, as adopted in ADR/RID 2025, 2.2.7.2.2; in China GB 11806-2019, which
adopts the edition of 2012. For a mixture the sum over its nuclides of activity over limit is at most one
(2.2.7.2.2.4). Progeny whose contribution the limit of the parent contains (footnotes a and b of the table;
without a row of its own also short-lived progeny of natural proportions) count only as far as there is more
of them than ingrowth yields. A nuclide that the table does not list has the default limits of 2.2.7.2.2.2,
which go by what it emits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from becq.errors import InputError
from becq.physics import decay_data
from becq.physics.elements import read_table
from becq.rules.equilibrium import equilibrium_ratios, nearest, short_lived_progeny
from becq.rules.reference import (
    TransportLimit,
    default_transport_limit,
    has_transport_limit,
    transport_limit,
    transport_limits,
)

Amounts = Mapping[str, ArrayLike]
"""Nuclide → activity in Bq: one number, or one for each package."""
Approved = Mapping[str, TransportLimit]
"""Nuclide → values that an authority approved for it, which stand instead of those of the tables."""
NONE_APPROVED: Approved = MappingProxyType({})
STATES = ("solid", "liquid", "gas")


@dataclass(frozen=True, slots=True)
class Limit:
    """The limits taken for one nuclide, and whether they are the defaults for unlisted ones."""

    nuclide: str
    values: TransportLimit
    is_default: bool


def limit_of(
    nuclide: str, jurisdiction: str = "IAEA", form: str = "", approved: Approved = NONE_APPROVED
) -> Limit:
    """The limits of a nuclide under the regulations of a jurisdiction; the defaults where it is not listed.

    Of a uranium isotope whose form is not said, those of the form with the least A2.

    :raises InputError: for an unknown nuclide or form.
    """
    decay_data.record(nuclide)
    if nuclide in approved:
        return Limit(nuclide, approved[nuclide], False)
    if has_transport_limit(nuclide, jurisdiction):
        rows = [row for (name, _), row in transport_limits().items() if name == nuclide]
        if not form and len(rows) > 1:
            return Limit(nuclide, min(rows, key=lambda row: row.a2_bq), False)
        return Limit(nuclide, transport_limit(nuclide, form, jurisdiction), False)
    return Limit(nuclide, default_transport_limit(_emission(nuclide)), True)


def _emission(nuclide: str) -> str:
    """Which default holds: by the decay of the nuclide and of progeny that live shorter than it does."""
    half_life_s = decay_data.half_life_s(nuclide)
    chain = [nuclide, *decay_data.descendants([nuclide], stable=False)]
    near = [name for name in chain if name == nuclide or decay_data.half_life_s(name) < half_life_s]
    modes = {branch.mode for name in near for branch in decay_data.record(name).branches}
    if "SF" in modes:
        return "unknown"
    return "alpha" if any("α" in mode or mode == "A" for mode in modes) else "beta-gamma"


def type_a_fraction(
    activities_bq: Amounts,
    *,
    special_form: bool = False,
    jurisdiction: str = "IAEA",
    approved: Approved = NONE_APPROVED,
) -> NDArray[np.float64]:
    """Sum of activity over A1 (special form) or A2: a Type A package holds at most 1 (2.2.7.2.4.4).

    :param activities_bq: arrays that broadcast together; the result has their shape.
    """

    def a(limit: TransportLimit) -> float:
        return limit.a1_bq if special_form else limit.a2_bq

    return _sum(activities_bq, a, lambda limit: limit.progeny, jurisdiction, approved)


def exempt_fraction(activities_bq: Amounts, *, jurisdiction: str = "IAEA") -> NDArray[np.float64]:
    """Sum of activity over the exempt activity of a consignment; at most 1 is exempt (2.2.7.2.2.6)."""
    return _sum(
        activities_bq,
        lambda limit: limit.exempt_consignment_bq,
        lambda limit: limit.exempt_progeny,
        jurisdiction,
    )


def exempt_concentration_fraction(
    activities_bq: Amounts, mass_g: ArrayLike, *, jurisdiction: str = "IAEA"
) -> NDArray[np.float64]:
    """Sum of concentration over the exempt concentration; at most 1 is exempt material.

    :param mass_g: mass of the material that holds the activity, without shield and packaging.
    """
    mass = np.asarray(mass_g, dtype=np.float64)
    if not np.all(mass > 0):
        raise InputError("The mass of a material is a number of grams above 0")
    total = _sum(
        activities_bq,
        lambda limit: limit.exempt_concentration_bq_g,
        lambda limit: limit.exempt_progeny,
        jurisdiction,
    )
    return np.asarray(total / mass, dtype=np.float64)


def excepted_fraction(
    activities_bq: Amounts,
    state: str,
    *,
    special_form: bool = False,
    item: bool = False,
    jurisdiction: str = "IAEA",
    approved: Approved = NONE_APPROVED,
) -> NDArray[np.float64]:
    """Sum of activity over what an excepted package may hold (2.2.7.2.4.1.2), at most 1.

    :param state: solid, liquid or gas. A package of tritium gas alone has the limits of its own row.
    :param item: whether the activity is in instruments or articles; then the limit of their package holds.
        Each of them has a limit besides: :func:`item_fraction`.
    """
    column = "item_package_limit" if item else "material_package_limit"
    return _excepted(activities_bq, state, column, special_form, jurisdiction, approved)


def item_fraction(
    activities_bq: Amounts,
    state: str,
    *,
    special_form: bool = False,
    jurisdiction: str = "IAEA",
    approved: Approved = NONE_APPROVED,
) -> NDArray[np.float64]:
    """Sum of activity over what one instrument or article in an excepted package may hold, at most 1.

    :param activities_bq: of one instrument or article.
    """
    return _excepted(activities_bq, state, "item_limit", special_form, jurisdiction, approved)


def _excepted(
    activities_bq: Amounts, state: str, column: str, special_form: bool, jurisdiction: str, approved: Approved
) -> NDArray[np.float64]:
    if state not in STATES:
        raise InputError(f"'{state}' is no state of material: say {', '.join(STATES)}")
    row = _excepted_row(state, special_form, tritium=set(activities_bq) == {"H-3"})
    special = row["reference"] == "A1"
    fraction = type_a_fraction(
        activities_bq, special_form=special, jurisdiction=jurisdiction, approved=approved
    )
    return fraction / float(row[column])


AIR_MULTIPLE, AIR_SPECIAL_A2 = 3000.0, 1e5


def air_fraction(
    activities_bq: Amounts,
    *,
    special_form: bool = False,
    jurisdiction: str = "IAEA",
    approved: Approved = NONE_APPROVED,
) -> NDArray[np.float64]:
    """Sum of activity over what a Type B(U) or B(M) package may hold by air, at most 1.

    3000 A2, or as special form the lower of 3000 A1 and 1e5 A2 (IAEA SSR-6, 433; GB 11806-2019, 7.1.4.3). Low
    dispersible material, for which the certificate alone says how much, is not modelled.
    """
    a2 = type_a_fraction(activities_bq, jurisdiction=jurisdiction, approved=approved)
    if not special_form:
        return a2 / AIR_MULTIPLE
    a1 = type_a_fraction(activities_bq, special_form=True, jurisdiction=jurisdiction, approved=approved)
    return np.maximum(a1 / AIR_MULTIPLE, a2 / AIR_SPECIAL_A2)


def _excepted_row(state: str, special_form: bool, tritium: bool) -> dict[str, str]:
    wanted = "gas, tritium" if state == "gas" and tritium else state
    form = "special" if special_form and wanted in ("solid", "gas") else "other"
    for row in read_table("excepted_package_limits.csv"):
        if (row["state"], row["form"]) == (wanted, form):
            return row
    raise LookupError(f"excepted_package_limits.csv has no row for {wanted}, {form}")


def mixture_limit_bq(
    shares: Mapping[str, float], *, special_form: bool = False, jurisdiction: str = "IAEA"
) -> float:
    """A1 or A2 of a mixture, 1 / sum(f(i) / A(i)), from the shares of activity of its nuclides.

    :raises InputError: where the shares are not positive or do not add up to 1.
    """
    if not shares or min(shares.values()) < 0 or abs(sum(shares.values()) - 1) > 1e-6:
        raise InputError("The shares of a mixture are numbers from 0 upwards that add up to 1")
    per_bq = float(type_a_fraction(shares, special_form=special_form, jurisdiction=jurisdiction))
    return 1.0 / per_bq if per_bq else float("inf")


def smallest_package(
    activities_bq: Amounts,
    state: str,
    *,
    special_form: bool = False,
    item: bool = False,
    surface_dose_rate_sv_h: ArrayLike = 0.0,
    jurisdiction: str = "IAEA",
) -> NDArray[np.str_]:
    """The least demanding type of package: exempt, excepted, A or B(U) (C by air is not judged).

    :param surface_dose_rate_sv_h: an excepted package has at most 5 µSv/h on its surface.
    """
    exempt = exempt_fraction(activities_bq, jurisdiction=jurisdiction)
    small = excepted_fraction(
        activities_bq, state, special_form=special_form, item=item, jurisdiction=jurisdiction
    )
    weak = np.asarray(surface_dose_rate_sv_h, dtype=np.float64) <= 5e-6 * (1 + 1e-9)
    fraction = type_a_fraction(activities_bq, special_form=special_form, jurisdiction=jurisdiction)
    kept = 1 + 1e-9
    return np.select(
        [exempt <= kept, (small <= kept) & weak, fraction <= kept], ["exempt", "excepted", "A"], "B(U)"
    )


def un_numbers(
    package_type: str, *, special_form: bool = False, item: bool = False, fissile: bool = False
) -> tuple[str, ...]:
    """UN numbers that a package of a type may carry, in ascending order.

    :param fissile: whether those of fissile contents are asked for; excepted packages have none.
    :raises InputError: for an unknown type of package.
    """
    if package_type == "excepted":
        return () if fissile else ("2911",) if item else ("2910",)
    group = "IP" if package_type.startswith("IP-") else package_type
    form = "yes" if special_form else "no"
    found = tuple(
        row["un_number"]
        for row in read_table("un_numbers.csv")
        if row["package_type"] == group
        and (row["fissile"] == "yes") == fissile
        and row["special_form"] in ("", form)
    )
    if not found:
        types = ", ".join(row["code"] for row in read_table("package_types.csv"))
        raise InputError(f"'{package_type}' is no type of package: say {types}")
    return found


def _sum(
    activities_bq: Amounts,
    limit_bq: Callable[[TransportLimit], float],
    contained: Callable[[TransportLimit], tuple[str, ...]],
    jurisdiction: str,
    approved: Approved = NONE_APPROVED,
) -> NDArray[np.float64]:
    """Sum of activity over limit, progeny that a parent's limit contains counted beyond ingrowth only."""
    if not activities_bq:
        raise InputError("A package without nuclides has no limits; give the activity of each nuclide")
    amounts = {name: _amount(name, value) for name, value in activities_bq.items()}
    limits = {name: limit_of(name, jurisdiction, approved=approved) for name in amounts}
    total = np.zeros(np.broadcast_shapes(*(amount.shape for amount in amounts.values())))
    for name, amount in amounts.items():
        own_bq = limit_bq(limits[name].values)
        covered = np.zeros(())
        for parent in nearest(
            [other for other in amounts if _contains(limits[other], limits[name], contained)]
        ):
            most = equilibrium_ratios(parent).get(name, 0.0)
            if not limits[name].is_default:  # no more than what the limit of the parent itself demands
                most = min(most, own_bq / limit_bq(limits[parent].values))
            covered = covered + amounts[parent] * max(1.0, most)
        total = total + np.maximum(amount - covered, 0.0) / own_bq
    return np.asarray(total, dtype=np.float64)


def _contains(parent: Limit, progeny: Limit, contained: Callable[[TransportLimit], tuple[str, ...]]) -> bool:
    """Whether the limit of one nuclide stands for another too.

    By the footnotes of the table, and where one of the two has no row, as one chain of natural proportions.
    """
    if parent.nuclide == progeny.nuclide:
        return False
    one_chain = parent.is_default or progeny.is_default
    return progeny.nuclide in contained(parent.values) or (
        one_chain and progeny.nuclide in short_lived_progeny(parent.nuclide)
    )


def _amount(nuclide: str, activity_bq: ArrayLike) -> NDArray[np.float64]:
    amount = np.asarray(activity_bq, dtype=np.float64)
    if not np.all((amount >= 0) & np.isfinite(amount)):
        raise InputError(f"The activity of {nuclide} is a finite number of Bq from 0 upwards")
    return amount
