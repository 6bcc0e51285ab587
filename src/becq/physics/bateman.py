"""The decay of a chain as a linear operator: exp(M·t) for a triangular, stiff, essentially positive M.

For activities ``M[i,j] = λi·bji`` (daughter i, parent j) and ``M[i,i] = −λi``; for numbers of atoms
``M[i,j] = λj·bji``. Members are ordered parents first, so M is lower triangular (Bateman 1910, Proc.
Cambridge Phil. Soc. 15, 423; matrix form: Amaku, Pascholati & Vanin 2010, Comput. Phys. Commun. 181, 21).

Two ways to exp(M·t):

- *spectral*, M = V·diag(−λ)·V⁻¹: a few multiplications per lot, but the sum over exponentials cancels for
  short times and near-equal half-lives. The bound of that cancellation, Σ|V||exp(−λt)||V⁻¹||a| against
  the result, is computed with each result.
- *positive*: exp(M·h) from a series of positive terms (uniformization, Grassmann 1977) at h = t/2^s, then
  s squarings with the diagonal, exp(−λh), put in exactly each time. Nothing is ever subtracted, so each
  entry keeps its digits however short, long or degenerate; the error grows like s, not like 2^s, because
  the diagonal carries no error (compare Xue & Ye 2013, Math. Comp. 82, 1577). Equal half-lives need no care.

Entries whose spectral bound exceeds :data:`MAX_AMPLIFICATION` take the positive way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Places = NDArray[np.intp]

MAX_AMPLIFICATION = 1e3
"""Largest tolerated ratio of summed magnitudes to result: about 1e3 · 2e-16 of relative error."""

_ROWS = 16384  # rows per block: the working arrays stay in the cache
_CELLS = 1 << 19  # matrix cells per block of the positive method
_SERIES = 22  # terms beyond the depth of the chain; 1/22! is below float64
_SETTLED = 1e4  # mean lives of the slowest member; exp(-1e4) is zero


@dataclass(frozen=True, slots=True)
class Operator:
    """exp(M·t) of one chain, ready to be applied.

    :ivar rates: decay constants in 1/s, (n,).
    :ivar matrix: M in 1/s, (n, n), lower triangular.
    :ivar vectors: V, (n, n), or None if two coupled members decay at the same rate.
    :ivar inverse: V⁻¹, (n, n), or None.
    :ivar longest_s: a time in s after which nothing changes any more, not even the last digit of what is
        left; inf where a constant source feeds, over whatever steps, a state that does not decay.
    """

    rates: Array
    matrix: Array
    vectors: Array | None
    inverse: Array | None
    longest_s: float

    @classmethod
    def of(cls, rates: Array, coupling: Array) -> Operator:
        """The operator for decay constants (n,) and a strictly lower triangular coupling (n, n), in 1/s."""
        vectors, inverse = _eigenvectors(rates, coupling)
        return cls(rates, coupling - np.diag(rates), vectors, inverse, _longest(rates, coupling))

    def fed(self, places: Places, feed: Array) -> Operator:
        """The same states behind k constant sources: state j (0 to k−1) stays as it is and feeds one member.

        :param places: the member that each source feeds, (k,).
        :param feed: its gain in 1/s for one unit of the source, (k,), positive.
        """
        k, n = places.size, self.rates.size
        coupling = np.zeros((k + n, k + n))
        coupling[k:, k:] = np.tril(self.matrix, -1)
        coupling[k + places, np.arange(k)] = feed
        return Operator.of(np.concatenate([np.zeros(k), self.rates]), coupling)

    def counted(self, places: Places) -> Operator:
        """The same states before w counters, counters last: each the integral of one member over time, in s.

        :param places: the member that each counter integrates, (w,).
        """
        n, w = self.rates.size, places.size
        coupling = np.zeros((n + w, n + w))
        coupling[:n, :n] = np.tril(self.matrix, -1)
        coupling[n + np.arange(w), places] = 1.0
        return Operator.of(np.concatenate([self.rates, np.zeros(w)]), coupling)

    def transfer(self, elapsed_s: Array) -> Array:
        """exp(M·t) by the positive method: times (m,) in s, not negative → (m, n, n)."""
        n = self.rates.size
        elapsed_s = np.minimum(elapsed_s, self.longest_s)
        out = np.empty((elapsed_s.size, n, n))
        powers = self._powers()
        step = max(1, _CELLS // max(n * n, len(powers)))
        for start in range(0, elapsed_s.size, step):
            block = slice(start, start + step)
            out[block] = self._positive(elapsed_s[block], powers)
        return out

    def apply(
        self,
        start: Array,
        columns: Places,
        elapsed_s: Array,
        wanted: Places | None = None,
    ) -> Array:
        """exp(M·t)·a for many lots.

        :param start: (rows, k), the members ``columns`` (k,) at time 0. Where a row holds negative numbers,
            gains and losses are decayed apart, so that each part keeps its digits.
        :param elapsed_s: (rows,) in s, not negative.
        :param wanted: places of the w members to compute; None for all n.
        :returns: (rows, w), in the order of ``wanted``. Beyond it only blocks of rows are held in memory.
        """
        if wanted is None:
            wanted = np.arange(self.rates.size)
        out = np.empty((elapsed_s.size, wanted.size))
        if self.rates.size == 1:
            return self._apply_single(start, elapsed_s, out)
        for first in range(0, elapsed_s.size, _ROWS):
            block = slice(first, first + _ROWS)
            t = np.minimum(elapsed_s[block], self.longest_s)
            by_sign(partial(self._apply_block, columns, t, wanted), start[block], out[block])
        return out

    def integrate(self, start: Array, columns: Places, elapsed_s: Array, wanted: Places) -> Array:
        """∫exp(M·t')·a dt' from 0 to t for many lots: arguments and result as of :meth:`apply`, times s.

        The modes are (1 − e^{−λt})/λ here; where their sum cancels, counters are fed the positive way.
        """
        counters = self.counted(wanted)
        out = np.empty((elapsed_s.size, wanted.size))
        for first in range(0, elapsed_s.size, _ROWS):
            block = slice(first, first + _ROWS)
            fill = partial(self._integrate_block, counters, columns, elapsed_s[block], wanted)
            by_sign(fill, start[block], out[block])
        return out

    def _apply_single(self, start: Array, t: Array, out: Array) -> Array:
        """One member alone: exp(−λt)·a, block by block in the cache."""
        rate, buffer = -float(self.rates[0]), np.empty(min(t.size, _ROWS))
        for first in range(0, t.size, _ROWS):
            block = slice(first, first + _ROWS)
            decayed = buffer[: min(_ROWS, t.size - first)]
            np.multiply(t[block], rate, out=decayed)
            np.exp(decayed, out=decayed)
            np.multiply(decayed, start[block, 0], out=out[block, 0])
        return out

    def _apply_block(self, columns: Places, t: Array, wanted: Places, start: Array, out: Array) -> None:
        if self.vectors is None or self.inverse is None:
            self._apply_positive(start, columns, t, wanted, out, np.arange(t.size))
            return
        lost = self._sum_modes(np.exp(np.outer(t, -self.rates)), start, columns, wanted, out)
        if lost.any():
            self._apply_positive(start, columns, t, wanted, out, np.flatnonzero(lost.any(axis=1)), lost)

    def _integrate_block(
        self, counters: Operator, columns: Places, t: Array, wanted: Places, start: Array, out: Array
    ) -> None:
        lost = np.ones(out.shape, dtype=bool)
        if self.vectors is not None and self.inverse is not None:
            spent = np.expm1(np.outer(t, -self.rates)) / -self.rates
            lost = self._sum_modes(spent, start, columns, wanted, out)
        rows = np.flatnonzero(lost.any(axis=1))
        if rows.size:
            behind = self.rates.size + np.arange(wanted.size)
            counters._apply_positive(start, columns, t, behind, out, rows, lost)

    def _sum_modes(
        self, modes: Array, start: Array, columns: Places, wanted: Places, out: Array
    ) -> NDArray[np.bool_]:
        """Writes V·modes·V⁻¹·a, modes (rows, n) not negative, and returns which entries cancel too much."""
        assert self.vectors is not None
        assert self.inverse is not None
        left, right = self.inverse[:, columns].T, self.vectors[wanted].T
        np.matmul((start @ left) * modes, right, out=out)
        bound = ((start @ np.abs(left)) * modes) @ np.abs(right)
        return np.asarray(bound > MAX_AMPLIFICATION * out)

    def _apply_positive(
        self,
        start: Array,
        columns: Places,
        t: Array,
        wanted: Places,
        out: Array,
        rows: Places,
        where: NDArray[np.bool_] | None = None,
    ) -> None:
        times, which = np.unique(t[rows], return_inverse=True)
        n = self.rates.size
        step = max(1, _CELLS // (n * n))
        chosen = np.ix_(wanted, columns)
        for first in range(0, times.size, step):
            matrices = self.transfer(times[first : first + step])[:, chosen[0], chosen[1]]
            here = np.flatnonzero((which >= first) & (which < first + step))
            r = rows[here]
            values = np.einsum("rij,rj->ri", matrices[which[here] - first], start[r])
            out[r] = values if where is None else np.where(where[r], values, out[r])

    def _powers(self) -> Array:
        """(terms, n, n): powers of (M + q)/q, all entries within 0 and 1, q the fastest rate."""
        n = self.rates.size
        q = float(self.rates.max())
        step = self.matrix / q if q else self.matrix.copy()
        step[np.diag_indices(n)] = 1.0 - self.rates / q if q else 1.0
        powers = [np.eye(n)]
        for _ in range(n + _SERIES):
            powers.append(step @ powers[-1])
        return np.stack(powers)

    def _positive(self, t: Array, powers: Array) -> Array:
        n = self.rates.size
        speed = t * float(self.rates.max())
        squarings = np.maximum(0, np.ceil(np.log2(np.maximum(speed, 1.0)))).astype(np.int64)
        short = speed / np.exp2(squarings)
        weights = np.empty((t.size, len(powers)))
        weights[:, 0] = np.exp(-short)
        for k in range(1, len(powers)):
            np.multiply(weights[:, k - 1], short / k, out=weights[:, k])
        result = (weights @ powers.reshape(len(powers), n * n)).reshape(t.size, n, n)
        diagonal = np.arange(n)
        for done in range(int(squarings.max(initial=0))):
            rows = np.flatnonzero(squarings > done)
            squared = result[rows] @ result[rows]
            ahead = t[rows] / np.exp2(squarings[rows] - done - 1)
            squared[:, diagonal, diagonal] = np.exp(np.outer(ahead, -self.rates))
            result[rows] = squared
        return result


def by_sign(fill: Callable[[Array, Array], None], start: Array, out: Array) -> None:
    """Fills ``out`` from ``start`` (rows, k) by a linear ``fill(start, out)`` for numbers not negative."""
    if start.min() >= 0:
        fill(start, out)
        return
    losses = np.empty_like(out)
    fill(np.maximum(start, 0.0), out)
    fill(np.maximum(-start, 0.0), losses)
    out -= losses


def _longest(rates: Array, coupling: Array) -> float:
    still, reached = rates == 0, coupling != 0
    if still.sum() > 1:
        for k in range(rates.size):
            reached = reached | np.outer(reached[:, k], reached[k])
        if reached[np.ix_(still, still)].any():
            return float(np.inf)
    return _SETTLED / float(rates[~still].min()) if not still.all() else 0.0


def _eigenvectors(rates: Array, coupling: Array) -> tuple[Array | None, Array | None]:
    """V and V⁻¹ with unit diagonals by substitution; None where a division by zero would be needed."""
    n = rates.size
    vectors, inverse = np.eye(n), np.eye(n)
    for k in range(n):
        for i in range(k + 1, n):
            feed = float(coupling[i, k:i] @ vectors[k:i, k])
            if feed and rates[i] == rates[k]:
                return None, None
            vectors[i, k] = feed / (rates[i] - rates[k]) if feed else 0.0
    for i in range(n):
        for k in range(i - 1, -1, -1):
            feed = float(inverse[i, k + 1 : i + 1] @ coupling[k + 1 : i + 1, k])
            if feed and rates[i] == rates[k]:
                return None, None
            inverse[i, k] = feed / (rates[k] - rates[i]) if feed else 0.0
    return vectors, inverse
