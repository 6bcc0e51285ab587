"""A history of neutron flux: steps, cycles, power changes, shutdowns.

Convention (Høgdahl, as in k0 activation analysis): ``thermal_cm2_s`` is the conventional thermal flux
n·v0 of all neutrons below 0.55 eV with v0 = 2200 m/s; the epithermal flux per unit lethargy is
``epithermal_ratio`` times that (1/f of the k0 method); ``fast_cm2_s`` is the equivalent fission flux, the
flux of fission neutrons that would give the same threshold reactions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from becq.errors import InputError

Array = NDArray[np.float64]

DEFAULT_TEMPERATURE_K = 313.15
"""Assumption where none is given: neutrons in equilibrium with moderator water of 40 °C."""

WATT_ABOVE_1_MEV = 0.6988
"""Share of the Watt spectrum (a = 0.988 MeV, b = 2.249 1/MeV, U-235 thermal fission) above 1 MeV."""


@dataclass(frozen=True, slots=True, eq=False)
class FluxHistory:
    """Steps of constant flux, one after the other.

    :ivar durations_s: lengths of the steps in s, (n,), positive.
    :ivar thermal_cm2_s: conventional thermal flux in cm⁻² s⁻¹, (n,), 0 for a shutdown.
    :ivar epithermal_ratio: epithermal flux per unit lethargy over the thermal flux, (n,).
    :ivar fast_cm2_s: equivalent fission flux in cm⁻² s⁻¹, (n,).
    :ivar temperature_k: neutron temperature in K, for the Westcott factors.
    :ivar alpha: shape of the epithermal flux, 1/E^(1+α).
    """

    durations_s: Array
    thermal_cm2_s: Array
    epithermal_ratio: Array
    fast_cm2_s: Array
    temperature_k: float = DEFAULT_TEMPERATURE_K
    alpha: float = 0.0

    def __post_init__(self) -> None:
        n = self.durations_s.shape
        if len(n) != 1 or n[0] == 0:
            raise InputError("A flux history needs at least one step: durations of shape (n,)")
        for name in ("thermal_cm2_s", "epithermal_ratio", "fast_cm2_s"):
            values = getattr(self, name)
            if values.shape != n:
                raise InputError(f"{name} of shape {values.shape} does not fit {n[0]} steps")
            if not (np.isfinite(values).all() and (values >= 0).all()):
                raise InputError(f"{name} must be finite and not negative")
        if not (np.isfinite(self.durations_s).all() and (self.durations_s > 0).all()):
            raise InputError("Each step of a flux history lasts a finite, positive time in s")
        if (self.thermal_cm2_s > 1e17).any():
            raise InputError("A thermal flux above 1e17 cm⁻² s⁻¹ is beyond any reactor")
        if (self.fast_cm2_s > 1e17).any():
            raise InputError("A fast flux above 1e17 cm⁻² s⁻¹ is beyond any reactor")
        if (self.epithermal_ratio > 1).any():
            raise InputError(
                "An epithermal ratio above 1 is not that of a thermal reactor: it is the flux per unit "
                "lethargy over the thermal flux, usually 0.01 to 0.1"
            )
        if not 200.0 <= self.temperature_k <= 1000.0:
            raise InputError(
                f"A neutron temperature of {self.temperature_k} K is out of range (200 K to 1000 K)"
            )
        if not -0.3 <= self.alpha <= 0.5:
            raise InputError(f"An epithermal shape α of {self.alpha} is out of range (-0.3 to 0.5)")

    @classmethod
    def of(
        cls,
        durations_s: ArrayLike,
        thermal_cm2_s: ArrayLike,
        *,
        epithermal_ratio: ArrayLike = 0.0,
        fast_cm2_s: ArrayLike = 0.0,
        temperature_k: float = DEFAULT_TEMPERATURE_K,
        alpha: float = 0.0,
    ) -> FluxHistory:
        """Steps (n,) of given length and flux; scalars hold for every step.

        :raises InputError: for shapes that do not fit, times not positive, fluxes out of range.
        """
        durations = np.atleast_1d(np.asarray(durations_s, dtype=np.float64))
        try:
            thermal, ratio, fast = (
                np.broadcast_to(np.asarray(v, dtype=np.float64), durations.shape).copy()
                for v in (thermal_cm2_s, epithermal_ratio, fast_cm2_s)
            )
        except ValueError:
            raise InputError(
                f"A flux history of {durations.size} steps needs as many values of each flux, or one for all"
            ) from None
        return cls(durations, thermal, ratio, fast, float(temperature_k), float(alpha))

    @classmethod
    def constant(
        cls,
        thermal_cm2_s: float,
        duration_s: float,
        *,
        epithermal_ratio: float = 0.0,
        fast_cm2_s: float = 0.0,
        temperature_k: float = DEFAULT_TEMPERATURE_K,
        alpha: float = 0.0,
    ) -> FluxHistory:
        """One step at constant flux."""
        return cls.of(
            [duration_s],
            thermal_cm2_s,
            epithermal_ratio=epithermal_ratio,
            fast_cm2_s=fast_cm2_s,
            temperature_k=temperature_k,
            alpha=alpha,
        )

    @classmethod
    def cycles(
        cls,
        thermal_cm2_s: float,
        *,
        on_s: float,
        off_s: float,
        count: int,
        epithermal_ratio: float = 0.0,
        fast_cm2_s: float = 0.0,
        temperature_k: float = DEFAULT_TEMPERATURE_K,
        alpha: float = 0.0,
    ) -> FluxHistory:
        """``count`` cycles of ``on_s`` at power with stops of ``off_s`` between them, none at the end."""
        if count < 1:
            raise InputError(f"A history of {count} cycles: at least one is needed")
        one = cls.constant(
            thermal_cm2_s,
            on_s,
            epithermal_ratio=epithermal_ratio,
            fast_cm2_s=fast_cm2_s,
            temperature_k=temperature_k,
            alpha=alpha,
        )
        whole = one
        for _ in range(count - 1):
            whole = whole.pause(off_s) if off_s else whole
            whole = whole.then(one)
        return whole

    @classmethod
    def true_thermal(
        cls, maxwellian_cm2_s: ArrayLike, durations_s: ArrayLike, **options: float
    ) -> FluxHistory:
        """From the true Maxwellian flux n·v̄ = 2/√π·√(T/T0) times the conventional one, T0 = 293.6 K."""
        temperature = options.get("temperature_k", DEFAULT_TEMPERATURE_K)
        factor = 0.5 * np.sqrt(np.pi * 293.6 / temperature)
        return cls.of(durations_s, np.asarray(maxwellian_cm2_s, dtype=np.float64) * factor, **options)

    @property
    def duration_s(self) -> float:
        """Length of the whole history in s, shutdowns included."""
        return float(self.durations_s.sum())

    @property
    def fluence_cm2(self) -> float:
        """Thermal fluence in cm⁻²."""
        return float(self.durations_s @ self.thermal_cm2_s)

    def then(self, later: FluxHistory) -> FluxHistory:
        """This history followed by another of the same temperature and shape.

        :raises InputError: where temperature or α differ: run two irradiations then.
        """
        if (later.temperature_k, later.alpha) != (self.temperature_k, self.alpha):
            raise InputError("Two flux histories can be joined only at one neutron temperature and one α")
        return replace(
            self,
            durations_s=np.concatenate((self.durations_s, later.durations_s)),
            thermal_cm2_s=np.concatenate((self.thermal_cm2_s, later.thermal_cm2_s)),
            epithermal_ratio=np.concatenate((self.epithermal_ratio, later.epithermal_ratio)),
            fast_cm2_s=np.concatenate((self.fast_cm2_s, later.fast_cm2_s)),
        )

    def pause(self, duration_s: float) -> FluxHistory:
        """This history followed by a shutdown of ``duration_s``."""
        off = FluxHistory.of([duration_s], 0.0, temperature_k=self.temperature_k, alpha=self.alpha)
        return self.then(off)

    def scaled(self, factor: float) -> FluxHistory:
        """The same history at ``factor`` times the power: thermal, epithermal and fast flux alike."""
        return replace(self, thermal_cm2_s=self.thermal_cm2_s * factor, fast_cm2_s=self.fast_cm2_s * factor)


def fission_equivalent(above_1_mev_cm2_s: ArrayLike) -> Array:
    """Equivalent fission flux from the flux above 1 MeV, taking the fast spectrum for a Watt spectrum."""
    return np.asarray(above_1_mev_cm2_s, dtype=np.float64) / WATT_ABOVE_1_MEV


def join(histories: Sequence[FluxHistory]) -> FluxHistory:
    """Histories one after the other. Raises InputError if there is none or they do not fit together."""
    if not histories:
        raise InputError("No flux history to join")
    whole = histories[0]
    for later in histories[1:]:
        whole = whole.then(later)
    return whole
