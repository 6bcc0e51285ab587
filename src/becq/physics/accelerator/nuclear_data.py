"""Cross sections from a folder of evaluated nuclear data, best source first.

The folder has the open nucl-parquet layout: ``<library>/xs/<projectile>_<element>.parquet`` with the columns
target_A, residual_Z, residual_A, state, energy_MeV, xs_mb, beside ``stopping/stopping.parquet``. The
environment variable ``BECQ_NUCLEAR_DATA`` names it. Order of preference, for each pair of target and
residual: IAEA recommended cross sections (inside their energy range) from the folder or, if later, from
:mod:`becq.physics.accelerator.recommended` (the rule is that of :mod:`becq.physics.accelerator.editions`),
measured ones for light targets (:mod:`becq.physics.accelerator.measured`), then TENDL, then ENDF/B. Photons:
IAEA Photonuclear Data Library 2019.

A curve is read with care, because these files are conversions of many evaluations:

- It starts with zero at the threshold (AME2020) or at the energy before its first point, whichever is
  higher, is linear between its points, and ends at its last energy: asking above that is an error.
- The residual of radiative capture of a charged particle is kept where it is plausible: below 5 mb and up to
  30 MeV. Other "captures" in these files (C-12(p,g)N-13 with 72 mb) are unlisted channels of the evaluation.
- A curve with cross section below its threshold belongs to another residual. A known fault of such files is
  mended (:mod:`becq.physics.accelerator.channels`); any other such curve is left out.
- Where the file tells isomeric states apart, the sum of the states is the curve and the parts are kept.
- ENDF/B charged-particle files hold multiplicities and elastic scattering under residuals: only what
  TENDL does not have is taken from them, without capture and below 5 b.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from becq.errors import InputError
from becq.physics.accelerator import channels, recommended
from becq.physics.accelerator.channels import Channel
from becq.physics.accelerator.curves import Curve as Curve
from becq.physics.accelerator.editions import latest, merge, splice
from becq.physics.accelerator.isotopes import name_of, threshold_mev
from becq.physics.accelerator.measured import measured
from becq.physics.accelerator.state_curves import with_states
from becq.physics.accelerator.supplement import WHOLLY_LOST, supplement
from becq.physics.bateman import Array
from becq.physics.elements import elements

VARIABLE = "BECQ_NUCLEAR_DATA"
_KEYS = ["target_A", "residual_Z", "residual_A", "state"]
_COLUMNS = (*_KEYS, "energy_MeV", "xs_mb")
_WHERE = "the layout is described at https://github.com/exoma-ch/nucl-parquet"
_SOURCES = {
    "iaea-medical": "IAEA recommended cross sections for medical radioisotopes (TECDOC-1211 and its updates)",
    "iaea-pd-2019": "IAEA Photonuclear Data Library 2019 (Kawano et al. 2020, Nucl. Data Sheets 163, 109)",
    "tendl": "{} (Koning et al. 2019, Nucl. Data Sheets 155, 1)",
    "endfb": "{}",
}
_PROJECTILE_NAMES = {"p": "protons", "d": "deuterons", "a": "alphas", "h": "He-3", "g": "photons"}
_RECOMMENDED, _AFTER_RECOMMENDED, _JOIN = "iaea-medical", "tendl", 0.25
_CAPTURE_LIMIT_MB, _CAPTURE_LIMIT_MEV, _ENDF_LIMIT_MB = 5.0, 30.0, 5000.0


@dataclass(frozen=True, eq=False, slots=True)
class _Curves:
    total: dict[Channel, Curve]
    states: dict[Channel, Mapping[str, channels.Points]]
    evaluated: Mapping[tuple[Channel, str], Curve] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class NuclearData:
    """The cross sections of one folder. Make it with :func:`load`, which remembers what was read."""

    folder: Path
    _read: dict[tuple[str, str], _Curves] = field(default_factory=dict, repr=False)

    @cached_property
    def libraries(self) -> tuple[str, ...]:
        """Names of the libraries in the folder, best first."""
        found = sorted((p.parent.name for p in self.folder.glob("*/xs")), reverse=True)
        return tuple(name for kind in _SOURCES for name in found if name.startswith(kind))

    def curves(self, projectile: str, element: str) -> Mapping[Channel, Curve]:
        """All excitation functions of a projectile ("p", "d", "a", "h", "g") on an element ("Ni").

        :raises InputError: if no library has them (with what is there instead), or a file is damaged.
        """
        return self._all(projectile, element).total

    def state_shares(
        self, projectile: str, element: str, channel: Channel, energy_mev: ArrayLike
    ) -> Mapping[str, Array]:
        """Shares of the states ("" ground, "m", "n") of a residual, by energy; empty where not told apart.

        :param energy_mev: energies in MeV, any shape; outside the range of the file the nearest share.
        """
        parts = self._all(projectile, element).states.get(channel)
        if not parts:
            return {}
        energy = np.asarray(energy_mev, dtype=np.float64)
        values = {s: np.interp(energy, e, sigma) for s, (e, sigma) in parts.items()}
        total = np.asarray(sum(values.values()))
        safe = np.where(total > 0, total, 1.0)
        return {s: np.where(total > 0, v / safe, float(s == "")) for s, v in values.items()}

    def relative_uncertainty(
        self, projectile: str, element: str, channel: Channel, state: str, energy_mev: ArrayLike
    ) -> Array:
        """u(σ)/σ of a state ("" ground, "m", "n") of a residual, NaN where no source gives it.

        :param energy_mev: energies in MeV, any shape. Uncertainties of a curve are fully correlated.
        """
        found = self._all(projectile, element)
        own = found.evaluated.get((channel, state))
        if own is None and any((channel, s) in found.evaluated for s in ("", "m", "n")):
            return np.full(np.shape(energy_mev), np.nan)
        return (own or found.total[channel]).relative_uncertainty(energy_mev)

    def curve(self, projectile: str, element: str, channel: Channel) -> Curve:
        """One excitation function.

        :raises InputError: if there is none.
        """
        try:
            return self.curves(projectile, element)[channel]
        except KeyError:
            a, z, residual_a = channel
            raise InputError(
                f"No cross section for {element}-{a}({projectile},x){name_of(z, residual_a)} in {self.folder}"
            ) from None

    def elements(self, projectile: str) -> tuple[str, ...]:
        """Symbols of the elements with cross sections for a projectile, in order of Z."""
        files = (
            p for lib in self.libraries for p in (self.folder / lib / "xs").glob(f"{projectile}_*.parquet")
        )
        found = {p.stem.partition("_")[2] for p in files}
        found |= {symbol for symbol in elements() if recommended.covers(projectile, symbol)}
        return tuple(symbol for symbol in elements() if symbol in found)

    def _all(self, projectile: str, element: str) -> _Curves:
        key = projectile, element
        if key not in self._read:
            self._read[key] = self._load(projectile, element)
        return self._read[key]

    def _load(self, projectile: str, element: str) -> _Curves:
        merged: dict[Channel, Curve] = {}
        states: dict[Channel, Mapping[str, channels.Points]] = {}
        found = recommended.covers(projectile, element)
        for library in self.libraries:
            if (projectile == "g") != library.startswith("iaea-pd"):
                continue
            if library.startswith(_AFTER_RECOMMENDED):
                merge(merged, _joining(merged, recommended.totals(projectile, element)))
                merge(merged, measured(projectile, element))
            path = self.folder / library / "xs" / f"{projectile}_{element}.parquet"
            if path.exists():
                found = True
                read = _curves_of_file(path, library, projectile, element)
                total = read.total
                if library.startswith(_RECOMMENDED):
                    total = latest(total, recommended.totals(projectile, element))
                merge(merged, total)
                states = read.states | states
        if projectile != "g" and not any(name.startswith(_AFTER_RECOMMENDED) for name in self.libraries):
            merge(merged, _joining(merged, recommended.totals(projectile, element)))
            merge(merged, measured(projectile, element))
        if not found:
            there = self.elements(projectile)
            raise InputError(
                f"{self.folder} has no cross sections for {_PROJECTILE_NAMES.get(projectile, projectile)} on "
                f"{element}: add <library>/xs/{projectile}_{element}.parquet ({_WHERE}); "
                + (f"it has {projectile} on {', '.join(there)}" if there else f"it has none for {projectile}")
            )
        parts: dict[Channel, dict[str, Curve]] = {}
        for (channel, state), curve in recommended.states(projectile, element).items():
            parts.setdefault(channel, {})[state] = curve
        for channel, curves in parts.items():
            merged[channel], states[channel] = with_states(merged.get(channel), curves)
        return _Curves(merged, states, recommended.states(projectile, element))


def folder() -> Path | None:
    """The folder that ``BECQ_NUCLEAR_DATA`` names, None if it is not set.

    :raises InputError: if it is set to something that is no such folder.
    """
    named = os.environ.get(VARIABLE, "").strip()
    return _validated(Path(named).expanduser()) if named else None


def load(path: Path | str | None = None) -> NuclearData:
    """The nuclear data of a folder, by default the one ``BECQ_NUCLEAR_DATA`` names; read once.

    :raises InputError: if there is no folder, or it holds no cross sections.
    """
    where = folder() if path is None else _validated(Path(path).expanduser())
    if where is None:
        raise InputError(f"No nuclear data: set {VARIABLE} to a folder of cross sections ({_WHERE})")
    return _loaded(where)


@lru_cache(maxsize=8)
def _loaded(where: Path) -> NuclearData:
    return NuclearData(where)


@lru_cache(maxsize=32)
def _validated(where: Path) -> Path:
    if not where.is_dir():
        raise InputError(f"{VARIABLE} names {where}, which is not a folder; {_WHERE}")
    if not any(where.glob("*/xs/*.parquet")):
        raise InputError(
            f"{VARIABLE} names {where}, which holds no <library>/xs/<projectile>_<element>.parquet; {_WHERE}"
        )
    return where.resolve()


def _curves_of_file(path: Path, library: str, projectile: str, element: str) -> _Curves:
    z = elements()[element].z
    filed = _rows(path)
    total: dict[Channel, channels.Points] = {}
    for channel, states in filed.items():
        total[channel] = _total(states)
    faulty = projectile != "g" and channels.is_faulty(total, projectile, z)
    if faulty:
        total = channels.mend(total, projectile, z)
    kept = {c: p for c, raw in total.items() if (p := _plausible(raw, c, projectile, z, library)) is not None}
    grids = _grids(kept) if faulty and library.startswith("tendl") else {}
    curves: dict[Channel, Curve] = {}
    for channel, raw in kept.items():
        grid = grids.get(channel[0])
        threshold = threshold_mev((z, channel[0]), projectile, channel[1:]) or 0.0
        points = _closed(raw, grid)
        if faulty:
            points = channels.without_strangers(points, threshold)
            trusted = points[0] <= channels.last_trusted_mev(channel, projectile, z)
            points = points[0][trusted], points[1][trusted]
        elif channels.starts_too_low(points, threshold):
            continue
        started = _started(points, grid, threshold)
        if started is not None:
            curves[channel] = Curve(started[0], started[1] * 1e-3, source_text(library))
    if faulty and library.startswith("tendl"):
        curves = _restored(curves, projectile, element)
    told_apart = {} if faulty else {c: _states(parts) for c, parts in filed.items() if len(parts) > 1}
    return _Curves(curves, told_apart)


def source_text(library: str) -> str:
    """How a library is cited."""
    kind = next((k for k in _SOURCES if library.startswith(k)), "")
    return _SOURCES.get(kind, "{}").format(library.upper().replace("ENDFB-8.1", "ENDF/B-VIII.1"))


def _rows(path: Path) -> dict[Channel, dict[str, channels.Points]]:
    """The curves as they are filed: points by state ("" where it is not said) and channel."""
    import polars as pl

    try:
        frame = pl.read_parquet(path, columns=list(_COLUMNS))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise InputError(
            f"{path} is not a cross-section file: it needs the columns {', '.join(_COLUMNS)} ({error})"
        ) from None
    frame = frame.with_columns(pl.col("state").fill_null(""))
    if any(frame[name].null_count() for name in _COLUMNS):
        raise InputError(f"{path} has empty cells; every row needs {', '.join(_COLUMNS)}")
    frame = frame.unique([*_KEYS, "energy_MeV"], keep="first", maintain_order=True)
    frame = frame.sort([*_KEYS, "energy_MeV"])
    ends = frame.group_by(_KEYS, maintain_order=True).len()
    energy = frame["energy_MeV"].to_numpy().astype(np.float64)
    sigma = frame["xs_mb"].to_numpy().astype(np.float64)
    filed: dict[Channel, dict[str, channels.Points]] = {}
    start = 0
    for a, z, residual_a, state, length in ends.rows():
        piece = slice(start, start + length)
        filed.setdefault((a, z, residual_a), {})[state] = energy[piece], sigma[piece]
        start += length
    return filed


def _total(states: Mapping[str, channels.Points]) -> channels.Points:
    """All states together: the curve without a state if the ground state has its own, else the sum."""
    if "" in states and (len(states) == 1 or "g" in states):
        return states[""]
    total: channels.Points | None = None
    for points in states.values():
        total = points if total is None else channels.add(total, points)
    assert total is not None
    return total


def _states(states: Mapping[str, channels.Points]) -> Mapping[str, channels.Points]:
    """Points by state, the ground state as ""."""
    ground = states.get("g", states.get(""))
    parts = {s: p for s, p in states.items() if s not in ("", "g")}
    return parts if ground is None else {"": ground, **parts}


def _plausible(
    points: channels.Points, channel: Channel, projectile: str, z: int, library: str
) -> channels.Points | None:
    energy, sigma = points
    if projectile == "g":
        return points
    if channels.missing(channel, projectile, z) == (0, 0):
        low = energy <= _CAPTURE_LIMIT_MEV
        if library.startswith("endfb") or not low.any() or sigma[low].max() > _CAPTURE_LIMIT_MB:
            return None
        return energy[low], sigma[low]
    if library.startswith("endfb") and (len(energy) < 4 or sigma.max() > _ENDF_LIMIT_MB):
        return None
    return points


def _grids(raw: Mapping[Channel, channels.Points]) -> dict[int, Array]:
    """Energies at which TENDL was calculated, by target: these files leave out the zeros."""
    grids: dict[int, Array] = {}
    for (a, _, _), (energy, _) in raw.items():
        grids[a] = np.union1d(grids[a], energy) if a in grids else energy
    return grids


def _closed(points: channels.Points, grid: Array | None) -> channels.Points:
    """With a zero at the grid energies that the curve leaves out after its first point."""
    energy, sigma = points
    if grid is None:
        return points
    full = grid[grid >= energy[0]]
    filled = np.zeros_like(full)
    filled[np.searchsorted(full, energy)] = sigma
    return full, filled


def _started(points: channels.Points, grid: Array | None, threshold: float) -> channels.Points | None:
    """With a zero where the reaction sets in; None if nothing is left."""
    energy, sigma = points
    kept = energy > threshold
    if not kept.any() or not sigma[kept].any():
        return None
    energy, sigma = energy[kept], sigma[kept]
    before = grid[grid < energy[0]] if grid is not None else np.empty(0)
    onset = max(threshold, float(before[-1]) if before.size else 0.0)
    return np.r_[onset, energy], np.r_[0.0, sigma]


def _restored(curves: dict[Channel, Curve], projectile: str, element: str) -> dict[Channel, Curve]:
    """The curves with those that a faulty file has lost, and with those continued that it cuts short."""
    z = elements()[element].z
    whole = dict(curves)
    for channel, curve in supplement(projectile, element).items():
        own = curves.get(channel)
        lost = own is None or channels.missing(channel, projectile, z) in WHOLLY_LOST
        whole[channel] = curve if own is None or lost else splice(own, curve)
    return whole


def _joining(merged: Mapping[Channel, Curve], shipped: Mapping[Channel, Curve]) -> dict[Channel, Curve]:
    """The shipped curves of channels that the folder lacks, or whose recommended curve they continue."""
    kept = {}
    for channel, curve in shipped.items():
        better = merged.get(channel)
        if better is None:
            kept[channel] = curve
        elif curve.last_mev > better.last_mev:
            ours, theirs = float(curve.at(better.last_mev)), float(better.cross_section_b[-1])
            if abs(ours - theirs) <= _JOIN * max(ours, theirs):
                kept[channel] = curve
    return kept


def sources(curves: Iterable[Curve]) -> tuple[str, ...]:
    """The different sources of some curves, in order of first use."""
    return tuple(dict.fromkeys(curve.source for curve in curves))
