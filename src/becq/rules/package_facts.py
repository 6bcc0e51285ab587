"""What a package holds at its departure, and what follows from it: the facts of the subject package."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from becq.physics.decay import decay, decay_factor
from becq.physics.radiation.packages import transport_index
from becq.rules.equilibrium import equilibrium_ratios
from becq.rules.fissile import FISSILE, LEAST_G, exception_fraction, fissile_mass_g
from becq.rules.industrial import (
    UN_NUMBERS,
    Material,
    industrial_number,
    object_fraction,
    required_industrial_number,
    specific_activity_fraction,
)
from becq.rules.reference import package_categories, package_ranks
from becq.rules.transport import (
    NONE_APPROVED,
    Approved,
    air_fraction,
    excepted_fraction,
    exempt_concentration_fraction,
    item_fraction,
    limit_of,
    type_a_fraction,
    un_numbers,
)

if TYPE_CHECKING:
    from becq.rules.consignment import Package

NEGLIGIBLE = 1e-9
"""Share of the activity of a package below which grown-in progeny is not named."""
EMPTY, URANIUM = "2908", "2909"
"""UN numbers that say what an excepted package is: empty packaging, an article of uranium or thorium."""
NATURAL = ("U-234", "U-235", "U-238", "Th-232")


@dataclass(frozen=True, slots=True)
class Carriage:
    """What all packages of a consignment share."""

    jurisdiction: str
    mode: str
    exclusive_use: bool
    passenger_aircraft: bool | None = None
    secured: bool | None = None
    approved: Approved = field(default_factory=lambda: NONE_APPROVED)
    fissile_g: float = 0.0


def held_at(contents: Mapping[str, float], elapsed_s: float) -> dict[str, float]:
    """Nuclide → activity in Bq after a time, progeny that grew in included.

    Backwards (``elapsed_s`` below 0, contents calibrated to a later time) nothing grows in. Progeny that a
    parent in the contents explains goes back with that parent, what is beyond it by its own half-life.
    """
    if not contents:
        return {}
    if elapsed_s >= 0:
        later = decay(list(contents), list(contents.values()), elapsed_s)
        floor = NEGLIGIBLE * sum(contents.values())
        members = zip(later.members, later.activities_bq.ravel().tolist(), strict=True)
        return {name: value for name, value in members if name in contents or value > floor}
    earlier = {name: float(decay_factor(name, -elapsed_s)) for name in contents}
    found = dict.fromkeys(contents, 0.0)
    for name, activity_bq in contents.items():
        left = activity_bq
        for parent in contents:
            ratio = equilibrium_ratios(parent).get(name, 0.0) if parent != name else 0.0
            share = min(left, contents[parent] * ratio)
            found[name] += share / earlier[parent]
            left -= share
        found[name] += left / earlier[name]
    return found


def excepted_kind(package: Package) -> str | None:
    """What an excepted package is: material, article, uranium or empty; None for other types."""
    if package.type != "excepted":
        return None
    number = plain_number(package.un_number)
    if number in (EMPTY, URANIUM):
        return "empty" if number == EMPTY else "uranium"
    return "article" if package.article else "material"


def plain_number(un_number: str | None) -> str:
    """The four figures of a UN number as it is written on papers."""
    return (un_number or "").upper().removeprefix("UN").strip()


def material_group(package: Package) -> Material | None:
    """Group of LSA material or SCO as said, or as the UN number says; None where neither does."""
    number = plain_number(package.un_number)
    groups = [group for group, numbers in UN_NUMBERS.items() if number in numbers]
    return package.material or (groups[0] if len(groups) == 1 else None)


def is_object(un_number: str | None) -> bool:
    """Whether a UN number is that of surface contaminated objects, of whichever group."""
    return plain_number(un_number) in UN_NUMBERS["SCO-I"]


def package_facts(package: Package, held: Mapping[str, float], carriage: Carriage) -> dict[str, object]:
    """The facts of one package but for those of its consignment.

    :param held: activities in Bq at the departure.
    """
    index = None if package.dose_rate_1m is None else transport_index(package.dose_rate_1m)
    return {
        "package_type": package.type,
        "special_form": package.special_form,
        "mode": carriage.mode,
        "exclusive_use": carriage.exclusive_use,
        "passenger_aircraft": carriage.passenger_aircraft,
        "secured": carriage.secured,
        "nuclides": ", ".join(held),
        "activity_bq": float(sum(held.values())),
        **_contents(package, held, carriage),
        **_industrial(package, held, carriage),
        **_fissile(package, held, carriage),
        **_certificate(package, held),
        "un_number_matches": _number_matches(package, fissile_mass_g(held) >= LEAST_G),
        "dose_rate_surface_sv_h": package.dose_rate_surface,
        "dose_rate_1m_sv_h": package.dose_rate_1m,
        "dose_rate_10cm_sv_h": package.dose_rate_10cm,
        "dose_rate_unshielded_3m_sv_h": package.dose_rate_unshielded_3m,
        "transport_index": index,
        "declared_transport_index": package.transport_index,
        **_category(package, index),
        "contamination_beta_bq_cm2": package.contamination_beta,
        "contamination_alpha_bq_cm2": package.contamination_alpha,
        "inside_contamination_beta_bq_cm2": package.inside_contamination_beta,
        "inside_contamination_alpha_bq_cm2": package.inside_contamination_alpha,
    }


def _contents(package: Package, held: Mapping[str, float], carriage: Carriage) -> dict[str, object]:
    """Fractions of what types of packages may hold; 0 for a packaging without contents."""
    kind = excepted_kind(package)
    defaults = [name for name in held if _is_default(name, held, carriage)]
    found: dict[str, object] = {
        "excepted_kind": kind,
        "natural_uranium_thorium": set(held) <= set(_natural_chain()) and fissile_mass_g(held) == 0.0,
        "default_nuclides": ", ".join(defaults) or None,
        "default_count": float(len(defaults)),
        "item_fraction": None,
        "item_fraction_gap": "number of instruments or articles in the package",
        "item_fraction_gap_zh": "货包内仪器或制品的件数",
        "exempt_concentration_fraction": None,
    }
    if not held:
        return found | dict.fromkeys(("excepted_fraction", "type_a_fraction", "air_fraction"), 0.0)
    place, special, approved = carriage.jurisdiction, package.special_form, carriage.approved
    if package.mass is not None:
        found["exempt_concentration_fraction"] = float(
            exempt_concentration_fraction(held, package.mass, jurisdiction=place)
        )

    def fraction(of: Callable[..., NDArray[np.float64]], **more: object) -> float:
        return float(of(held, jurisdiction=place, special_form=special, approved=approved, **more))

    one = fraction(item_fraction, state=package.state) / (package.items or 1)
    return found | {
        "excepted_fraction": fraction(excepted_fraction, state=package.state, item=package.article),
        "item_fraction": one if package.items or one <= 1 else None,
        "type_a_fraction": fraction(type_a_fraction),
        "air_fraction": fraction(air_fraction),
    }


def _is_default(name: str, held: Mapping[str, float], carriage: Carriage) -> bool:
    """Whether a nuclide counts with the values for unlisted ones; progeny of something aboard does not."""
    if not limit_of(name, carriage.jurisdiction, approved=carriage.approved).is_default:
        return False
    return not any(name in equilibrium_ratios(parent) for parent in held if parent != name)


def _natural_chain() -> tuple[str, ...]:
    progeny = (name for parent in NATURAL for name in equilibrium_ratios(parent))
    return (*NATURAL, *progeny)


def _industrial(package: Package, held: Mapping[str, float], carriage: Carriage) -> dict[str, object]:
    number, material = industrial_number(package.type), material_group(package)
    found: dict[str, object] = {
        "industrial_number": number,
        "material_group": material,
        "required_industrial_number": None,
        "specific_activity_fraction": None,
        "specific_activity_fraction_gap": None,
        "specific_activity_fraction_gap_zh": None,
        "object_fraction": None,
    }
    if material is None:
        gap = {"_gap": "which LSA material or SCO it holds", "_gap_zh": "所装物品的类别（LSA或SCO）"}
        return found | {f"specific_activity_fraction{end}": text for end, text in gap.items()}
    found["required_industrial_number"] = required_industrial_number(
        material, package.state, carriage.exclusive_use
    )
    if material.startswith("SCO"):
        if package.surfaces is not None:
            found["object_fraction"] = object_fraction(package.surfaces.by_surface(), material)
    elif package.mass is None:
        found |= {"specific_activity_fraction_gap": "mass", "specific_activity_fraction_gap_zh": "质量"}
    elif held:
        found["specific_activity_fraction"] = specific_activity_fraction(
            held, package.mass, material, package.state, carriage.jurisdiction
        )
    return found


def _fissile(package: Package, held: Mapping[str, float], carriage: Carriage) -> dict[str, object]:
    number = plain_number(package.un_number)
    return {
        "fissile_mass_g": fissile_mass_g(held),
        "fissile_nuclides": ", ".join(name for name in FISSILE if held.get(name)) or None,
        "fissile_exception_fraction": exception_fraction(
            held, carriage.fissile_g, exclusive_use=carriage.exclusive_use
        ),
        "fissile_number": None if not number else number in _fissile_numbers(package),
        "criticality_safety_index": package.criticality_safety_index,
    }


def _fissile_numbers(package: Package) -> tuple[str, ...]:
    if package.type == "exempt":
        return ()
    return un_numbers(package.type, special_form=package.special_form, fissile=True)


def _number_matches(package: Package, fissile: bool) -> bool | None:
    """Whether the UN number is one of the type, form and contents; unknown where there is none."""
    number = plain_number(package.un_number)
    if not number:
        return None
    if package.type == "exempt":
        return False
    kind = excepted_kind(package)
    if kind in ("empty", "uranium"):
        return True  # the number says what the package is, and rules of their own ask whether it may be
    allowed = set(un_numbers(package.type, special_form=package.special_form, item=package.article))
    if fissile:
        allowed |= set(_fissile_numbers(package))
    if package.material is not None and package.type.startswith("IP-"):
        allowed &= set(UN_NUMBERS[package.material])
    return number in allowed


def _certificate(package: Package, held: Mapping[str, float]) -> dict[str, object]:
    """Sum of activity over what the certificate allows, and the nuclides put in that it does not name."""
    allowed = {row.nuclide: row.activity for row in package.certificate}
    if not allowed:
        return {"certificate_fraction": None, "uncertified_nuclides": None, "uncertified_count": None}
    strange = [row.nuclide for row in package.contents if not allowed.get(row.nuclide)]
    strange = list(dict.fromkeys(strange))
    return {
        "certificate_fraction": float(sum(held[name] / allowed[name] for name in held if allowed.get(name))),
        "uncertified_nuclides": ", ".join(strange) or None,
        "uncertified_count": float(len(strange)),
    }


def _category(package: Package, index: float | None) -> dict[str, object]:
    """Category by index and dose rate, and that of the label: 1 to 3, as exclusive use has no own label."""
    ranks = {row.name: float(row.rank) for row in package_categories() if not row.exclusive_use}
    found = None
    if index is not None and package.dose_rate_surface is not None:
        found = min(float(package_ranks(index, package.dose_rate_surface)), max(ranks.values()))
    return {"category_rank": found, "declared_category_rank": ranks.get(package.category or "")}
