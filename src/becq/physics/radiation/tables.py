"""Reading the small tables of this package, once each."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from importlib.resources import files
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def read(name: str) -> Iterator[dict[str, str]]:
    """Rows of ``becq/data/<name>.csv`` as dictionaries, in the file's order."""
    text = files("becq.data").joinpath(f"{name}.csv").read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


class LogCurve:
    """Smooth curve through log-log points: a monotone cubic in each piece between absorption edges.

    A repeated abscissa is a step: the piece above it holds at the step itself. Ends are held.
    """

    def __init__(self, xs: Array, ys: Array) -> None:
        """``xs`` (n,) must not fall, ``ys`` (n,) must be positive; every piece needs two points."""
        from scipy.interpolate import PchipInterpolator

        cuts = [0, *(np.flatnonzero(np.diff(xs) == 0) + 1).tolist(), len(xs)]
        self._starts = np.array([xs[i] for i in cuts[:-1]])
        self._ends = (float(xs[0]), float(xs[-1]))
        self._pieces = [PchipInterpolator(np.log(xs[i:j]), np.log(ys[i:j])) for i, j in pairwise(cuts)]

    def __call__(self, x: Array) -> Array:
        """Values at ``x``, same shape."""
        at = np.clip(x, *self._ends)
        piece = np.searchsorted(self._starts, at, side="right") - 1
        out = np.empty_like(at)
        for index in np.unique(piece):
            mine = piece == index
            out[mine] = np.exp(self._pieces[index](np.log(at[mine])))
        return out
