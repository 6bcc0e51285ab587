"""The piece that lies in the capsule: its self-shielding, given, computed or warned of.

Where nothing is said of the shape the answer is that of an infinitely dilute target, which few grams of a
strong absorber are; so the same mass as one solid sphere is computed beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

from becq.errors import InputError
from becq.physics.reactor.sample import Sample, element_density
from becq.physics.reactor.self_shielding import UNSHIELDED, Geometry, Shielding, shield

ASSUMED_DENSITY_G_CM3 = 5.0
"""Assumption for the solid sphere where the density is not known: that of a middling oxide."""

DILUTE = 0.9
"""A solid sphere that gives less than this share of the dilute answer is warned of."""

HEAVY_G = 10_000.0
"""Targets above this mass fit no irradiation position (assumption: a capsule holds some kg at most)."""

GASES = frozenset({"H", "He", "N", "O", "F", "Ne", "Cl", "Ar", "Kr", "Xe", "Rn"})

CURVES = (
    "self-shielding: universal curves of Martinho, Gonçalves & Salgado (2003, 2004), constants as "
    "remembered, checked against exact calculations"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """How a target shields itself.

    :ivar density_g_cm3: taken for it, None where none was needed.
    :ivar dilute: True where nothing is said of shape or factors.
    """

    shielding: Shielding
    density_g_cm3: float | None
    dilute: bool
    sources: tuple[str, ...]
    notes: tuple[str, ...]


def piece(
    goods: Sample,
    given: Shielding | None,
    geometry: Geometry | None,
    density_g_cm3: float | None,
    material: str | None,
) -> Piece:
    """From factors, or from a shape, or neither.

    :raises InputError: for both, for a density without a shape, or a shape whose density is not known.
    """
    if given is not None and geometry is not None:
        raise InputError("Give either self-shielding factors or a geometry, not both")
    if geometry is None:
        if density_g_cm3 is not None:
            raise InputError("A density is of use with a geometry only: give the shape of the target too")
        if given is None:
            note = "no self-shielding: an infinitely dilute target"
            return Piece(UNSHIELDED, None, True, (), (note,))
        return Piece(given, None, False, ("self-shielding: factors as given",), ())
    density = density_g_cm3 if density_g_cm3 is not None else element_density(goods.element)
    if density is None or (material is not None and density_g_cm3 is None):
        raise InputError(
            f"The density of {material or goods.element} in g/cm³ is needed for its self-shielding"
        )
    inside = shield(goods, geometry, density)
    return Piece(inside, density, False, (CURVES,), _heavier(goods, geometry, density))


def shown(inside: Piece, isotope: str) -> tuple[str, ...]:
    """The factors in words, the resonance factor of the isotope that the product comes from."""
    if inside.dilute:
        return ()
    at = f", at {inside.density_g_cm3:.4g} g/cm³" if inside.density_g_cm3 is not None else ""
    factors = f"thermal {inside.shielding.thermal:.3g}, resonances of {isotope} "
    return (f"self-shielding factors: {factors}{inside.shielding.resonance_of(isotope):.3g}{at}",)


def solid_sphere(goods: Sample, material: str | None) -> tuple[Shielding, str] | None:
    """Self-shielding of the same mass as one solid sphere, and its density in words; None for a gas."""
    if material is None and goods.element in GASES:
        return None
    known = element_density(goods.element) if material is None else None
    density = ASSUMED_DENSITY_G_CM3 if known is None else known
    radius = (0.75 * goods.mass_g / density / 3.141592653589793) ** (1.0 / 3.0)
    if radius >= 1e3:
        return None
    words = f"{density:.4g} g/cm³" + (" (assumed)" if known is None else "")
    return shield(goods, Geometry("sphere", radius_cm=radius), density), words


def dilution_warning(mass_g: float, share: float, density: str) -> tuple[str, ...]:
    """What is said where a solid sphere gives ``share`` of the dilute answer; () where that is close to 1."""
    if share >= DILUTE:
        return ()
    return (
        f"an infinitely dilute target is assumed: a solid sphere of {mass_g:.3g} g at {density} "
        f"would give {100 * share:.2g} % of this; give the shape of the target",
    )


def heavy_warning(mass_g: float) -> tuple[str, ...]:
    """What is said of a target too heavy for any irradiation position."""
    if mass_g <= HEAVY_G:
        return ()
    return (f"a target of {mass_g / 1000:.3g} kg fits no irradiation position and would lower the flux",)


def _heavier(goods: Sample, geometry: Geometry, density: float) -> tuple[str, ...]:
    """A remark where one piece of that shape outweighs the whole target."""
    if geometry.volume_cm3 is None:
        return ()
    weight = geometry.volume_cm3 * density
    if weight <= 1.05 * goods.mass_g:
        return ()
    return (
        f"one {geometry.shape} of this size weighs {weight:.3g} g, more than the target of "
        f"{goods.mass_g:.3g} g: the self-shielding is that of the whole piece",
    )
