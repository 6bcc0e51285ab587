"""Self-shielding against exact escape probabilities of purely absorbing bodies, limits and the resonances."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy.integrate import quad

from becq.errors import InputError
from becq.physics.reactor import cross_sections
from becq.physics.reactor.flux import FluxHistory
from becq.physics.reactor.irradiation import irradiate
from becq.physics.reactor.sample import sample
from becq.physics.reactor.self_shielding import (
    UNSHIELDED,
    Geometry,
    Shielding,
    resonance_factor,
    resonances,
    shield,
    thermal_factor,
)


def sphere(tau: float) -> float:
    """Mean flux in a black sphere of radius tau mean free paths in an isotropic field."""
    return 3 / (8 * tau**3) * (2 * tau**2 - 1 + (1 + 2 * tau) * math.exp(-2 * tau))


def slab(tau: float) -> float:
    """The same for a slab of thickness tau: (1/2 − E3(tau))/tau."""
    e3, _ = quad(lambda mu: mu * math.exp(-tau / mu), 0, 1)
    return (0.5 - e3) / tau


def averaged(body: Callable[[float], float], tau: float) -> float:
    """Over a Maxwellian flux E·e^(−E/kT) and a 1/v absorber that is ``tau`` thick at E = kT."""
    x = (np.arange(60) + 0.5) * 0.2
    weights = np.sqrt(x) * np.exp(-x)
    return float(weights @ [body(tau / math.sqrt(v)) for v in x] / weights.sum())


def wire(tau: float) -> float:
    """The same for an endless cylinder of radius tau, over its chords: offset in the plane and slant."""
    offset, slant = np.meshgrid((np.arange(80) + 0.5) / 80, (np.arange(80) + 0.5) / 80 * math.pi / 2)
    chords = 2 * tau * np.sqrt(1 - offset**2) / np.sin(slant)
    weights = np.sin(slant) ** 2
    return float((weights * -np.expm1(-chords)).sum() / (weights * chords).sum())


@pytest.mark.parametrize("tau", [0.05, 0.2, 0.5, 1.0, 2.0, 4.0])
def test_thermal_curve_against_exact_bodies(tau: float) -> None:
    cases = [
        (Geometry("sphere", radius_cm=tau), averaged(sphere, tau)),
        (Geometry("foil", thickness_cm=tau), averaged(slab, tau)),
        (Geometry("wire", radius_cm=tau), averaged(wire, tau)),
    ]
    for geometry, exact in cases:
        assert float(thermal_factor(geometry.length_cm)) == pytest.approx(exact, rel=0.10), geometry.shape


@pytest.mark.parametrize("tau", [0.05, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0])
def test_resonance_curve_against_a_line_without_scattering(tau: float) -> None:
    """σ = σ0/(1 + y²): with y = tan u the reaction rate is the mean of the escape factor over u."""
    absorbed = tau * np.cos((np.arange(100) + 0.5) / 100 * math.pi / 2) ** 2
    cases = [
        (Geometry("sphere", radius_cm=tau), sphere),
        (Geometry("foil", thickness_cm=tau), slab),
        (Geometry("wire", radius_cm=tau), wire),
    ]
    for geometry, body in cases:
        exact = float(np.mean([body(t) if t > 1e-3 else 1.0 for t in absorbed]))
        assert float(resonance_factor(geometry.length_cm)) == pytest.approx(exact, rel=0.07), geometry.shape


@pytest.mark.parametrize("scattered", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("total", [0.3, 1.0, 3.0])
def test_thermal_curve_of_a_scattering_sphere(total: float, scattered: float) -> None:
    """Monte Carlo: isotropic scattering without a change of energy, a 1/v absorber in a Maxwellian."""
    z = total * (1 - scattered) ** 0.85
    followed = traced_sphere(total * (1 - scattered), total * scattered)
    assert float(thermal_factor(z)) == pytest.approx(followed, rel=0.06)


def traced_sphere(absorption: float, scattering: float, neutrons: int = 40_000) -> float:
    """Mean reaction rate in a sphere of radius 1 over that without shielding, by following neutrons."""
    rng = np.random.default_rng(20)
    absorb = absorption / np.sqrt(rng.gamma(2.0, 1.0, neutrons))  # at kT, over the flux x·e^(−x)
    place = np.tile([0.0, 0.0, -1.0], (neutrons, 1))
    way = directions(np.sqrt(rng.random(neutrons)), rng)
    weight, path, alive = np.ones(neutrons), np.zeros(neutrons), np.arange(neutrons)
    while alive.size:
        at, along, a = place[alive], way[alive], absorb[alive]
        forward = (at * along).sum(axis=1)
        out = -forward + np.sqrt(np.maximum(forward**2 - (at**2).sum(axis=1) + 1.0, 0.0))
        free = rng.exponential(1.0 / scattering, alive.size)
        step = np.minimum(out, free)
        path[alive] += weight[alive] * -np.expm1(-a * step) / a
        weight[alive] *= np.exp(-a * step)
        place[alive] = at + along * step[:, None]
        alive = alive[(free < out) & (weight[alive] > 1e-4)]
        way[alive] = directions(2.0 * rng.random(alive.size) - 1.0, rng)
    return float((path * absorb).sum() / (4.0 / 3.0 * absorb).sum())


def directions(cosine: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Unit vectors of given cosine to z, evenly around it."""
    around, sine = 2.0 * math.pi * rng.random(cosine.size), np.sqrt(1.0 - cosine**2)
    return np.stack((sine * np.cos(around), sine * np.sin(around), cosine), axis=1)


def test_curves_fall_from_one() -> None:
    z = np.logspace(-6, 5, 200)
    for curve, last in ((thermal_factor, 0.0), (resonance_factor, 0.06)):
        values = curve(z)
        assert values[0] == pytest.approx(1.0, abs=1e-4)
        assert (np.diff(values) < 0).all()
        assert values[-1] == pytest.approx(last, abs=1e-3)


def test_gold_foil() -> None:
    """25 µm of gold: 1/(1 + z/2.7…) by hand, near the 0.35 measured for its 4.9 eV resonance."""
    foil = shield(sample("Au", 0.05), Geometry("foil", thickness_cm=25e-4), 19.3)
    density = 19.3 / 196.96657 * 0.602214076
    main = resonances("Au-197")[0]
    z = 1.5 * 25e-4 * density * main.peak_b * math.sqrt(main.capture_width_ev / main.total_width_ev)
    alone = 0.94 / (1 + (z / 2.70) ** 0.82) + 0.06
    assert foil.by_nuclide["Au-197"] == pytest.approx(alone, rel=0.1)
    assert 0.96 < foil.thermal < 1.0


def test_thermal_factor_by_hand() -> None:
    """Cobalt sphere of 2 mm: Σa from 37.18 b, Σt with the 5.6 b that cobalt scatters (Sears 1992)."""
    ball = shield(sample("Co", 0.1), Geometry("sphere", radius_cm=0.2), 8.9)
    density = 8.9 / 58.933194 * 0.602214076
    absorbed, total = density * 37.18, density * (37.18 + 5.6)
    z = 0.2 * total * (absorbed / total) ** 0.85
    assert ball.thermal == pytest.approx(1 / (1 + (z / 1.029) ** 1.009), rel=2e-3)
    water = shield(sample("H", 0.1, material="H2O"), Geometry("sphere", radius_cm=1.0), 1.0)
    assert water.thermal > 0.85  # it scatters and hardly absorbs


def test_dilute_target_is_unshielded() -> None:
    thin = shield(sample("W", 1e-6), Geometry("sphere", radius_cm=1e-5), 0.1)
    assert thin.thermal == pytest.approx(1.0, abs=1e-5)
    assert thin.by_nuclide["W-186"] == pytest.approx(1.0, abs=1e-3)


def test_resonances_make_up_the_integral() -> None:
    """The five strongest resonances and the 1/v tail are most of the integral of the cross-section table."""
    for target in ("Au-197", "W-186", "Sm-152", "Co-59", "Ho-165", "Ir-191", "In-115"):
        rows = [r for r in cross_sections.reactions(target) if r.reaction == "n,g"]
        tail = cross_sections.ONE_OVER_V * sum(r.thermal_b or 0.0 for r in rows)
        listed = sum(r.integral_b for r in resonances(target)) + tail
        assert 0.8 < listed / sum(r.resonance_b or 0.0 for r in rows) < 1.1, target


def test_bad_shapes() -> None:
    goods = sample("Ir", 1.0)
    with pytest.raises(InputError, match="no shape"):
        shield(goods, Geometry("cube"), 22.5)
    with pytest.raises(InputError, match="missing"):
        shield(goods, Geometry("cylinder", radius_cm=0.1), 22.5)
    with pytest.raises(InputError, match="density"):
        shield(goods, Geometry("sphere", radius_cm=0.1), 0.0)
    with pytest.raises(InputError, match="out of range"):
        Shielding(thermal=1.5)
    assert UNSHIELDED.resonance_of("Ir-191") == 1.0


def test_irradiation_takes_a_geometry() -> None:
    """An iridium disc of 2.7 mm by 0.15 mm: the factors of `shield`, the density from the table of elements."""
    disc = Geometry("cylinder", radius_cm=0.135, height_cm=0.015)
    flux = FluxHistory.constant(1e14, 86400.0, epithermal_ratio=0.03)
    inside = irradiate("Ir", mass_g=0.0194, flux=flux, product="Ir-192", geometry=disc)
    factors = shield(sample("Ir", 0.0194), disc, 22.56)
    assert inside.thermal_shielding == pytest.approx(factors.thermal, rel=0.01)
    assert inside.resonance_shielding == pytest.approx(factors.by_nuclide["Ir-191"], rel=0.01)
    other = irradiate("Ir", mass_g=0.0194, flux=flux, product="Ir-194", geometry=disc)
    assert other.resonance_shielding == pytest.approx(factors.by_nuclide["Ir-193"], rel=0.01)
    given = irradiate("Ir", mass_g=0.0194, flux=flux, product="Ir-192", shielding=factors)
    dilute = irradiate("Ir", mass_g=0.0194, flux=flux, product="Ir-192")
    assert inside.activity_eob_bq == pytest.approx(given.activity_eob_bq, rel=0.01)
    assert 0.5 < inside.activity_eob_bq / dilute.activity_eob_bq < 0.7


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"material": "WO3", "geometry": Geometry("sphere", radius_cm=0.2)}, "density of WO3"),
        ({"density_g_cm3": 5.0}, "geometry only"),
        ({"geometry": Geometry("sphere", radius_cm=0.2), "shielding": Shielding(thermal=0.5)}, "not both"),
    ],
)
def test_what_a_geometry_needs(options: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        irradiate("W-186", mass_g=1.0, flux=FluxHistory.constant(1e14, 1.0), **options)  # type: ignore[arg-type]
