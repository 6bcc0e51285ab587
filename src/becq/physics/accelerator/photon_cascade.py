"""The forward shower of an electron beam in a stack of layers: the photons that cross a target.

The one-dimensional cascade equations (Rossi & Greisen 1941, Rev. Mod. Phys. 13, 240) are solved by steps
of depth. Electrons lose energy to collisions continuously and to bremsstrahlung photon by photon, so that
radiation straggling is in; photons are scattered (Compton), make pairs, or are absorbed; scattered photons
and secondary electrons and positrons (which count as electrons) go on in the shower. A step is chosen such
that collisions move electrons down by exactly one place of the energy grid, so there is no numerical
straggling. Everything moves straight ahead: neither multiple scattering of electrons nor the angle of
emission are in it. That is right where the target catches the whole cone and overestimates otherwise.
Particles below ``lowest_mev`` are dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from becq.errors import InputError
from becq.physics.accelerator import photon_interactions as interactions
from becq.physics.accelerator.photon_interactions import ELECTRON_MASS_MEV, Substance

Array = NDArray[np.float64]

SOURCE = (
    "One-dimensional cascade equations (Rossi & Greisen 1941, Rev. Mod. Phys. 13 240), all particles forward"
)
_SOFT_MEV = 0.05  # photons below this are part of the continuous loss
_MOST_PLACES = 250  # of the grid of electron energies
_NODES = 48  # of the Gauss-Legendre rule over one spectrum


@dataclass(frozen=True, slots=True)
class Layer:
    """A substance and its areal density in g/cm2."""

    substance: Substance
    thickness_g_cm2: float


@dataclass(frozen=True, slots=True)
class PhotonTrack:
    """Photons in the last layer, for one electron of the beam.

    ``photon_mev`` (n,): grid of energies. ``track_g_cm2`` (n,): track length of photons within the layer,
    in g/cm2, as hat functions on the grid: the number of reactions is sum(track * cross section at the grid
    energies) times the number of target nuclei in a gram. ``entering`` (n,): photons that enter the layer.
    ``heat_mev``: energy that enters the layer less what leaves it again forward: an upper limit of the heat,
    since particles below the lowest energy are taken to stay where they are.
    """

    photon_mev: Array
    track_g_cm2: Array
    entering: Array
    heat_mev: float


def shower(
    layers: Sequence[Layer],
    energy_mev: float,
    *,
    electrons_into_last: bool = True,
    secondaries: bool = True,
    lowest_mev: float = 2.0,
) -> PhotonTrack:
    """Follows the shower of one electron of ``energy_mev`` through ``layers`` (the last is the target).

    :param electrons_into_last: False if a magnet or absorber keeps electrons out of the target.
    :param secondaries: False drops scattered photons and secondary electrons: what is lost from the beam of
        photons is lost for good (for comparison with simple estimates).
    :param lowest_mev: what is below is dropped; must be below the threshold of the reaction.
    :raises InputError: for an energy outside ``lowest_mev`` to 150 MeV or a layer without thickness.
    """
    if not lowest_mev < energy_mev <= interactions.HIGHEST_MEV:
        raise InputError(
            f"The electrons' energy must lie between {lowest_mev:g} and {interactions.HIGHEST_MEV:g} MeV, "
            f"not {energy_mev:g}"
        )
    if not layers or not all(0.0 < layer.thickness_g_cm2 < np.inf for layer in layers):
        raise InputError("Every layer needs a thickness in g/cm2, greater than zero")
    return _shower(tuple(layers), energy_mev, electrons_into_last, secondaries, lowest_mev)


@lru_cache(maxsize=64)
def _shower(
    layers: tuple[Layer, ...],
    energy_mev: float,
    electrons_into_last: bool,
    secondaries: bool,
    lowest_mev: float,
) -> PhotonTrack:
    photon_mev = np.linspace(lowest_mev, energy_mev, max(int((energy_mev - lowest_mev) / 0.2), 30) + 1)
    photons, track, before = np.zeros(len(photon_mev)), np.zeros(len(photon_mev)), energy_mev
    electron_mev, electrons = np.array([energy_mev]), np.array([1.0])
    entering = photons
    for number, layer in enumerate(layers):
        if number == len(layers) - 1:
            entering = photons
            if number and not electrons_into_last:
                electrons = np.zeros(len(electrons))
            before = float(photon_mev @ photons + electron_mev @ electrons)
        stage = _Stage(layer, energy_mev, lowest_mev, photon_mev, secondaries)
        electrons = stage.rebin(electron_mev, electrons)
        electron_mev = stage.electron_mev
        electrons, photons, track = stage.march(electrons, photons)
    heat = before - float(photon_mev @ photons + electron_mev @ electrons)
    return PhotonTrack(photon_mev, track, entering, heat)


class _Stage:
    """The rates of one layer on its own grid of electron energies (ascending), per step of depth."""

    def __init__(
        self, layer: Layer, energy_mev: float, lowest_mev: float, photon_mev: Array, secondaries: bool
    ) -> None:
        substance = layer.substance
        fine = np.linspace(lowest_mev, energy_mev, 2001)
        loss = interactions.stopping_mev_cm2_g(substance, fine)
        coarse = np.linspace(lowest_mev, energy_mev, 60)
        hard = interactions.radiative_stopping_mev_cm2_g(substance, coarse)
        hard -= interactions.radiative_stopping_mev_cm2_g(substance, coarse, _SOFT_MEV)
        loss = loss - np.interp(fine, coarse, hard)
        depth = np.concatenate([[0.0], np.cumsum(np.diff(fine) * 0.5 * (1.0 / loss[1:] + 1.0 / loss[:-1]))])
        step = min(depth[-1] / _MOST_PLACES, 0.2)
        self.steps = max(int(np.ceil(layer.thickness_g_cm2 / step)), 8)
        self.step = layer.thickness_g_cm2 / self.steps
        spacing = max(self.step, depth[-1] / _MOST_PLACES)
        below = np.arange(int(depth[-1] / spacing) + 1)[::-1] * spacing
        self.electron_mev = np.interp(depth[-1] - below, depth, fine)
        self.shift = (
            self.step / spacing
        )  # places an electron goes down in one step: 1, or less in thin layers
        self.photon_mev = photon_mev
        self._radiate(substance)
        self._absorb(substance, secondaries)

    def _radiate(self, substance: Substance) -> None:
        """Bremsstrahlung, per g/cm2: electrons to electrons (loss on the diagonal) and to photons."""
        energy = self.electron_mev
        node, weight = np.polynomial.legendre.leggauss(_NODES)
        log_span = np.log(energy / _SOFT_MEV)[:, None]
        photon = _SOFT_MEV * np.exp(log_span * 0.5 * (node + 1.0))
        rate = interactions.bremsstrahlung_cm2_g_mev(substance, energy[:, None], photon)
        rate = rate * photon * log_span * 0.5 * weight
        self.electron_electron = _spread(energy, energy[:, None] - photon, rate, len(energy))
        self.electron_electron[np.diag_indices(len(energy))] -= rate.sum(axis=1)
        # The photon grid is finer than the rule: the spectrum is integrated over each of its places.
        edges = _edges(self.photon_mev)
        low, high = np.minimum(edges[:-1], energy[:, None]), np.minimum(edges[1:], energy[:, None])
        small, share = np.polynomial.legendre.leggauss(3)
        made = np.zeros((len(energy), len(self.photon_mev)))
        for x, w in zip(small, share, strict=True):
            k = 0.5 * (low + high) + 0.5 * (high - low) * x
            made += (
                0.5 * (high - low) * w * interactions.bremsstrahlung_cm2_g_mev(substance, energy[:, None], k)
            )
        self.electron_photon = made.T

    def _absorb(self, substance: Substance, secondaries: bool) -> None:
        """Photons, per g/cm2: to photons (Compton, loss on the diagonal), to electrons (Compton, pairs)."""
        photon, energy = self.photon_mev, self.electron_mev
        total, pairs = interactions.attenuation_cm2_g(substance, photon)
        self.photon_photon = np.zeros((len(photon), len(photon)))
        self.photon_electron = np.zeros((len(energy), len(photon)))
        if secondaries:
            node, weight = np.polynomial.legendre.leggauss(_NODES)
            least = photon / (1.0 + 2.0 * photon / ELECTRON_MASS_MEV)
            span = (photon - least)[:, None]
            after = least[:, None] + span * 0.5 * (node + 1.0)
            rate = interactions.compton_spectrum_cm2_mev(photon[:, None], after) * span * 0.5 * weight
            rate *= interactions.electrons_per_g(substance)
            self.photon_photon = _spread(photon, after, rate, len(photon))
            self.photon_electron = _spread(energy, photon[:, None] - after, rate, len(photon))
            share = (photon - 2.0 * ELECTRON_MASS_MEV)[:, None] * 0.5 * (node + 1.0)
            both = np.broadcast_to(2.0 * pairs[:, None] * 0.5 * weight, share.shape)
            self.photon_electron += _spread(energy, share, both, len(photon))
        self.photon_photon[np.diag_indices(len(photon))] -= total

    def rebin(self, energy: Array, number: Array) -> Array:
        """Electrons on another grid, sharing each between two neighbours so that energy is kept."""
        return _spread(self.electron_mev, energy[None, :], number[None, :], 1)[:, 0]

    def march(self, electrons: Array, photons: Array) -> tuple[Array, Array, Array]:
        """Through the layer: electrons and photons behind it, and the track of photons within it."""
        half = 0.5 * self.step
        track = np.zeros(len(photons))
        for _ in range(self.steps):
            before = photons
            electrons, photons = self._exchange(electrons, photons, half)
            lowered = electrons * (1.0 - self.shift)
            lowered[:-1] += electrons[1:] * self.shift
            electrons, middle = lowered, photons
            electrons, photons = self._exchange(electrons, photons, half)
            track += self.step / 6.0 * (before + 4.0 * middle + photons)  # Simpson
        return electrons, photons, track

    def _exchange(self, electrons: Array, photons: Array, depth: float) -> tuple[Array, Array]:
        """Radiation and absorption over a short depth: the exponential's series up to the fourth order."""
        e, g = electrons, photons
        for order in range(1, 5):
            e, g = (
                depth / order * (self.electron_electron @ e + self.photon_electron @ g),
                depth / order * (self.electron_photon @ e + self.photon_photon @ g),
            )
            electrons, photons = electrons + e, photons + g
        return electrons, photons


def _edges(grid: Array) -> Array:
    middle = 0.5 * (grid[1:] + grid[:-1])
    return np.concatenate([[grid[0]], middle, [grid[-1]]])


def _spread(grid: Array, energy: Array, rate: Array, sources: int) -> Array:
    """Matrix (grid, sources) that puts rate (sources, nodes) at energy (sources, nodes) on two neighbours."""
    energy = np.broadcast_to(energy, rate.shape)
    place = np.clip(np.searchsorted(grid, energy, side="right") - 1, 0, max(len(grid) - 2, 0))
    upper = np.minimum(place + 1, len(grid) - 1)
    width = np.where(upper > place, grid[upper] - grid[place], 1.0)
    share = np.clip((energy - grid[place]) / width, 0.0, 1.0)
    kept = np.where(energy >= grid[0], rate, 0.0)
    source = np.broadcast_to(np.arange(sources)[:, None], rate.shape)
    matrix = np.zeros((len(grid), sources))
    np.add.at(matrix, (place, source), kept * (1.0 - share))
    np.add.at(matrix, (upper, source), kept * share)
    return matrix
