"""Dose rate of a point source behind shields, and the thickness that meets a limit.

H = A / (4 pi r^2) sum over photons of I h(E) T(E): lines of the nuclide and its progeny, and bremsstrahlung
of their beta particles in the material that stops them, each photon energy attenuated and built up by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from becq.errors import InputError
from becq.physics import decay_data
from becq.physics.radiation.beta_spectra import beta_branches
from becq.physics.radiation.bremsstrahlung import bremsstrahlung
from becq.physics.radiation.gamma_constants import DELTA_KEV, dose_per_fluence
from becq.physics.radiation.photons import photon_lines
from becq.physics.radiation.progeny import ratios
from becq.physics.radiation.shielding import Layers, checked, solve_thickness, transmission
from becq.physics.radiation.tables import Array

NO_NEUTRONS = "Neutrons of spontaneous fission are not counted; with Cf-252 they rule the dose"
POSITRONS = (
    "Positrons stop in the source; the skin dose of an open source and their bremsstrahlung are not included"
)
_NEUTRONS_PER_FISSION = 4.0
"""Assumption, at most: 3.76 in Cf-252, 2 to 3 in plutonium and curium; only says whether neutrons matter."""
_NEUTRON_DOSE_SV_CM2 = 385e-12
"""H*(10) per fluence of Cf-252 neutrons, ISO 8529 and ICRP Publication 74; other fissions are no harder."""
NEUTRONS_MATTER = 0.05
_POSITRONS_COUNT = 1e-3
_SHOWN = 40


@dataclass(frozen=True, slots=True, eq=False)
class Emission:
    """All photons of a source per decay of the nuclide asked for.

    :ivar energies_kev: (n,). ``photons``: per decay of the head, (n,). ``labels``: n names for people.
    :ivar bremsstrahlung: which of them are bremsstrahlung, (n,) of bool.
    :ivar progeny: activity of each progeny nuclide per activity of the head.
    """

    nuclide: str
    energies_kev: Array
    photons: Array
    labels: tuple[str, ...]
    bremsstrahlung: np.ndarray
    progeny: dict[str, float]
    sources: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def fissions(self) -> float:
        """Spontaneous fissions per decay of the head, of all members."""
        return sum(ratio * _fissions(name) for name, ratio in ({self.nuclide: 1.0} | self.progeny).items())


@dataclass(frozen=True, slots=True, eq=False)
class DoseRate:
    """Dose rate at a point.

    :ivar quantity: "H*(10)" (values in Sv/h) or "Ka" (then read Gy/h for Sv/h).
    :ivar dose_rate_sv_h: behind the layers, shape of broadcast(activity, distance); a float for scalars.
    :ivar unshielded_sv_h: without layers, same shape.
    :ivar transmission: dose rate behind the layers over that without.
    :ivar constant_sv_m2_bq_h: unshielded dose rate at 1 m per Bq, progeny and bremsstrahlung included.
    :ivar shares: share of each line in the dose rate behind the layers, largest first, the rest in "other".
    :ivar bremsstrahlung_share: their part of the dose rate behind the layers.
    :ivar progeny: activity of the progeny counted, per activity of the nuclide.
    :ivar neutrons_at_most_sv_h: what the neutrons of spontaneous fission add at most, without shield; same
        shape as the dose rates, which do not hold it. It says whether they matter.
    """

    nuclide: str
    quantity: str
    layers: tuple[tuple[str, float], ...]
    dose_rate_sv_h: float | Array
    unshielded_sv_h: float | Array
    transmission: float
    constant_sv_m2_bq_h: float
    shares: dict[str, float]
    bremsstrahlung_share: float
    progeny: dict[str, float]
    neutrons_at_most_sv_h: float | Array
    sources: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether photons are all that matters: False where neutrons may add more than 5 %."""
        return bool(np.all(self.neutrons_at_most_sv_h <= NEUTRONS_MATTER * np.asarray(self.dose_rate_sv_h)))


def emission(
    nuclide: str,
    *,
    progeny: bool | Mapping[str, float] = True,
    age_s: float | None = None,
    absorber: str | None = "water",
    delta_kev: float = DELTA_KEV,
) -> Emission:
    """Photons of a nuclide with its progeny and bremsstrahlung; see :func:`dose_rate` for the arguments.

    :raises InputError: for a nuclide without photon data or bad arguments.
    """
    if not 0 <= delta_kev < 1e4:
        raise InputError(f"The cut-off energy must lie between 0 and 10 000 keV, not {delta_kev:g}")
    members = ratios(nuclide, progeny, age_s)
    energies: list[Array] = []
    photons: list[Array] = []
    labels: list[str] = []
    brems: list[bool] = []
    missing: list[str] = []
    sources: dict[str, None] = {}
    beta = False
    positrons = 0.0
    for name, ratio in members.items():
        try:
            lines = photon_lines(name)
        except InputError:
            if name == nuclide:
                raise
            missing.append(name)
            continue
        energies.append(lines.energies_kev)
        photons.append(lines.intensities * ratio)
        labels += [f"{name} {e:.6g} keV {k}" for e, k in zip(lines.energies_kev, lines.kinds, strict=True)]
        brems += [False] * len(lines.kinds)
        positrons += ratio * sum(
            i / 2 for i, k in zip(lines.intensities, lines.kinds, strict=True) if k == "annihilation"
        )
        if ratio > 0:
            sources[f"photon lines of {name}: {lines.source}"] = None
        if absorber is not None and beta_branches(name) and ratio > 0:
            spectrum = bremsstrahlung(name, absorber)
            energies.append(spectrum.energies_kev)
            photons.append((spectrum.external + spectrum.internal) * ratio)
            labels += [f"{name} bremsstrahlung"] * len(spectrum.energies_kev)
            brems += [True] * len(spectrum.energies_kev)
            beta = True
    energy = np.concatenate(energies)
    hard = energy >= delta_kev
    notes = _notes(members, missing, absorber if beta else None, delta_kev, positrons)
    if beta:
        sources["bremsstrahlung: Tessier & Kawrakow (2008), ESTAR; internal: Knipp & Uhlenbeck (1936)"] = None
    return Emission(
        nuclide,
        energy[hard],
        np.concatenate(photons)[hard],
        tuple(label for label, good in zip(labels, hard, strict=True) if good),
        np.array(brems, dtype=bool)[hard],
        {n: r for n, r in members.items() if n != nuclide},
        tuple(sources),
        notes,
    )


def _fissions(nuclide: str) -> float:
    return sum(b.fraction for b in decay_data.record(nuclide).branches if b.mode == "SF")


def _notes(
    members: Mapping[str, float],
    missing: Sequence[str],
    absorber: str | None,
    delta_kev: float,
    positrons: float,
) -> tuple[str, ...]:
    notes = [f"Photons from {delta_kev:g} keV up; point source without self-absorption"]
    if absorber is not None:
        notes.append(f"Beta particles stop in {absorber}; the skin dose of an open source is not included")
    if positrons > _POSITRONS_COUNT:
        notes.append(POSITRONS)
    if missing:
        notes.append(f"No photon data for {', '.join(missing)}: left out")
    if any(_fissions(name) for name in members):
        notes.append(NO_NEUTRONS)
    return tuple(notes)


def dose_rate(
    nuclide: str,
    activity_bq: ArrayLike,
    distance_m: ArrayLike,
    layers: Layers = (),
    *,
    progeny: bool | Mapping[str, float] = True,
    age_s: float | None = None,
    quantity: str = "H*(10)",
    delta_kev: float = DELTA_KEV,
    absorber: str | None = "water",
    broad: bool = True,
) -> DoseRate:
    """Dose rate by photons at a distance from a point source of a nuclide, behind plane layers.

    :param activity_bq: activity in Bq, any shape. ``distance_m``: from the source in m; they broadcast.
    :param layers: (material, thickness in m) from the source outwards, all within the distance.
    :param progeny: True: short-lived progeny in equilibrium; False: none; or activity ratios by name.
    :param age_s: time since the nuclide was pure, instead of equilibrium.
    :param quantity: "H*(10)" or "Ka".
    :param delta_kev: photons below are left out.
    :param absorber: what stops the beta particles (bremsstrahlung); None for no bremsstrahlung.
    :param broad: with build-up; False for the narrow beam.
    :raises InputError: for a nuclide without photon data and for values that make no sense.
    """
    activity = np.asarray(activity_bq, dtype=np.float64)
    distance = np.asarray(distance_m, dtype=np.float64)
    if not (np.isfinite(activity).all() and (activity >= 0).all()):
        raise InputError("Activities must be numbers in Bq that are not negative")
    if not (np.isfinite(distance).all() and (distance > 0).all()):
        raise InputError("Distances must be positive numbers in m")
    slabs = checked(layers)
    if distance.size and sum(x for _, x in slabs) > float(distance.min()) * (1 + 1e-12):
        raise InputError("The layers are thicker than the distance between source and point")
    photons = emission(nuclide, progeny=progeny, age_s=age_s, absorber=absorber, delta_kev=delta_kev)
    bare = photons.photons * dose_per_fluence(photons.energies_kev, quantity) / (4 * np.pi) * 3600.0
    through = bare * transmission(photons.energies_kev, layers, broad=broad)
    constant, shielded = float(bare.sum()), float(through.sum())
    try:
        geometry = activity / distance**2
    except ValueError:
        raise InputError("Activities and distances have shapes that do not fit each other") from None
    per_fission = _NEUTRONS_PER_FISSION * _NEUTRON_DOSE_SV_CM2 / (4 * np.pi * 1e4) * 3600.0
    return DoseRate(
        nuclide,
        quantity,
        tuple((m.name, x) for m, x in slabs),
        _plain(geometry * shielded),
        _plain(geometry * constant),
        shielded / constant if constant > 0 else 1.0,
        constant,
        _shares(photons, through),
        float(through[photons.bremsstrahlung].sum()) / shielded if shielded > 0 else 0.0,
        photons.progeny,
        _plain(geometry * (photons.fissions * per_fission)),
        (
            *photons.sources,
            "attenuation: NISTIR 5632",
            "build-up: ANSI/ANS-6.4.3-1991",
            "H*(10): ICRP Publication 74",
        ),
        photons.notes,
    )


def _plain(values: Array) -> float | Array:
    return float(values) if np.ndim(values) == 0 else np.asarray(values)


def _shares(photons: Emission, dose: Array) -> dict[str, float]:
    total = float(dose.sum())
    if total <= 0:
        return {}
    sums: dict[str, float] = {}
    for label, part in zip(photons.labels, dose, strict=True):
        sums[label] = sums.get(label, 0.0) + float(part) / total
    ranked = sorted(sums.items(), key=lambda item: -item[1])
    shares = dict(ranked[:_SHOWN])
    if len(ranked) > _SHOWN:
        shares["other"] = sum(x for _, x in ranked[_SHOWN:])
    return shares


def thickness_for(
    nuclide: str,
    activity_bq: float,
    distance_m: float,
    material: str,
    limit_sv_h: float,
    *,
    layers: Layers = (),
    progeny: bool | Mapping[str, float] = True,
    age_s: float | None = None,
    quantity: str = "H*(10)",
    delta_kev: float = DELTA_KEV,
    absorber: str | None = "water",
) -> float:
    """Thickness in m of a material, outside ``layers``, that brings the dose rate down to a limit.

    0 where the limit is met without. The thickness may exceed the distance: then stand further away.

    :raises InputError: for a limit that is not positive, or one that no 100 m of the material meet.
    """
    if not (np.isfinite(limit_sv_h) and limit_sv_h > 0):
        raise InputError("The limit must be a positive dose rate in Sv/h")
    checked([(material, 0.0)])
    photons = emission(nuclide, progeny=progeny, age_s=age_s, absorber=absorber, delta_kev=delta_kev)
    bare = photons.photons * dose_per_fluence(photons.energies_kev, quantity) / (4 * np.pi) * 3600.0
    open_rate = dose_rate(
        nuclide,
        activity_bq,
        distance_m,
        progeny=progeny,
        age_s=age_s,
        quantity=quantity,
        delta_kev=delta_kev,
        absorber=absorber,
    ).unshielded_sv_h
    if not open_rate or float(open_rate) <= limit_sv_h:
        return 0.0
    total = float(bare.sum())

    def through(thickness_m: float) -> float:
        shield = [*layers, (material, thickness_m)]
        return float(np.sum(bare * transmission(photons.energies_kev, shield))) / total

    return solve_thickness(through, limit_sv_h / float(open_rate))
