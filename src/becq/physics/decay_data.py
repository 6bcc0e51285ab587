"""ICRP-107 decay data: half-lives, decay modes, branching fractions and progeny.

Source: ICRP Publication 107 (2008), Nuclear Decay Data for Dosimetric Calculations, Ann. ICRP 38(3),
1252 radionuclides and their 260 stable ends, in the file ``icrp107_ame2020_nubase2020/decay_data.npz``
that ships inside the ``radioactivedecay`` distribution (Malins & Lemoine 2022, JOSS 7, 3318). Only that
file is read: importing the package itself takes over a second. Its object arrays are pickles, so they
are loaded with an unpickler that knows numpy arrays and nothing else. A year is 365.2422 d, as there.
"""

from __future__ import annotations

import io
import pickle
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from becq.errors import BecqError, InputError

LN2 = float(np.log(2.0))
YEAR_S = 365.2422 * 86400.0
SOURCE = "ICRP Publication 107 (2008)"

_DATASET = "icrp107_ame2020_nubase2020/decay_data.npz"
_UNIT_S = {"μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "y": YEAR_S}


@dataclass(frozen=True, slots=True)
class Branch:
    """One decay branch: mode (α, β-, β+, EC, IT, SF), daughter name ("" when there is none), fraction."""

    mode: str
    daughter: str
    fraction: float


@dataclass(frozen=True, slots=True)
class DecayRecord:
    """What ICRP-107 says of one nuclide: half-life in s (inf if stable), as printed, and its branches."""

    name: str
    half_life_s: float
    half_life_text: str
    branches: tuple[Branch, ...]

    @property
    def decay_const(self) -> float:
        """Decay constant in 1/s; 0 for a stable nuclide."""
        return LN2 / self.half_life_s

    @property
    def stable(self) -> bool:
        """True when the half-life is infinite."""
        return bool(np.isinf(self.half_life_s))


class _ArrayUnpickler(pickle.Unpickler):
    """Rebuilds numpy arrays of plain Python objects; refuses every other global."""

    _ALLOWED = frozenset({"_reconstruct", "scalar", "ndarray", "dtype"})

    def find_class(self, module_name: str, global_name: str, /) -> Any:
        if module_name in {"numpy", "numpy.core.multiarray", "numpy._core.multiarray"} and (
            global_name in self._ALLOWED
        ):
            return super().find_class(module_name.replace("numpy.core", "numpy._core"), global_name)
        raise pickle.UnpicklingError(f"{module_name}.{global_name} has no place in a decay-data file")


def _read_array(archive: zipfile.ZipFile, name: str) -> NDArray[Any]:
    stream = io.BytesIO(archive.read(name + ".npy"))
    major, _ = np.lib.format.read_magic(stream)
    read_header = np.lib.format.read_array_header_1_0 if major == 1 else np.lib.format.read_array_header_2_0
    _, _, dtype = read_header(stream)
    if dtype.hasobject:
        array: NDArray[Any] = _ArrayUnpickler(stream).load()
        return array
    stream.seek(0)
    return np.lib.format.read_array(stream, allow_pickle=False)


def _dataset_path() -> Path:
    spec = find_spec("radioactivedecay")  # finds the folder; does not import
    if spec is None or spec.origin is None:
        raise BecqError("The decay data are missing: install the package radioactivedecay")
    return Path(spec.origin).parent / _DATASET


@lru_cache(maxsize=1)
def _records() -> Mapping[str, DecayRecord]:
    with zipfile.ZipFile(_dataset_path()) as archive:
        names = [str(n) for n in _read_array(archive, "nuclides")]
        half_lives, progeny, fractions, modes = (
            _read_array(archive, k).tolist() for k in ("hldata", "progeny", "bfs", "modes")
        )
    known = set(names)
    records: dict[str, DecayRecord] = {}
    for name, (value, unit, text), to, share, how in zip(
        names, half_lives, progeny, fractions, modes, strict=True
    ):
        half_life_s = float(value) * _UNIT_S[unit]
        if np.isinf(half_life_s):
            records[name] = DecayRecord(name, half_life_s, "stable", ())
            continue
        printed = text.removesuffix(" m") + " min" if text.endswith(" m") else str(text)
        branches = tuple(
            Branch(str(m), str(d) if d in known else "", float(f))
            for m, d, f in zip(how, to, share, strict=True)
        )
        records[name] = DecayRecord(name, half_life_s, printed, branches)
    return MappingProxyType(records)


def names() -> tuple[str, ...]:
    """All 1512 nuclides of the data set, each one before its own progeny (a topological order)."""
    return tuple(_records())


def known(name: str) -> bool:
    """True if ``name`` (canonical, like "Tc-99m") is in the data set."""
    return name in _records()


def record(name: str) -> DecayRecord:
    """The record of a nuclide by canonical name.

    :raises InputError: if ICRP-107 has no such nuclide.
    """
    try:
        return _records()[name]
    except KeyError:
        raise InputError(f"No decay data for {name!r} in ICRP-107 (names look like Tc-99m)") from None


def half_life_s(name: str) -> float:
    """Half-life in s, inf if stable. Raises InputError for an unknown name."""
    return record(name).half_life_s


def decay_const(name: str) -> float:
    """Decay constant in 1/s, 0 if stable. Raises InputError for an unknown name."""
    return record(name).decay_const


@lru_cache(maxsize=1)
def _order() -> Mapping[str, int]:
    return {name: i for i, name in enumerate(_records())}


def descendants(start: Iterable[str], *, stable: bool = True) -> tuple[str, ...]:
    """The sub-chain that grows from ``start``, the starting nuclides included, parents before progeny.

    :param start: canonical names.
    :param stable: whether stable ends are listed too (needed for numbers of atoms, not for activities).
    :raises InputError: for an unknown name.
    """
    found: set[str] = set()
    waiting = list(start)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(b.daughter for b in record(name).branches if b.daughter)
    order = _order()
    return tuple(n for n in sorted(found, key=order.__getitem__) if stable or not record(n).stable)


def ancestors(of: Iterable[str]) -> frozenset[str]:
    """Every nuclide of the data set whose decay can lead to one of ``of`` (these included)."""
    found = set(of)
    for name in reversed(names()):
        if any(b.daughter in found for b in record(name).branches):
            found.add(name)
    return frozenset(found)
