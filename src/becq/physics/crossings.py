"""Where a balance of activities changes its sign: all crossings of a limit, bracketed and bisected.

The balance is f(t) = Σ gain·A(t) − share·Σ loss·A(t) − limit, with A(t) the activities of a chain: a sum of
exponentials, which has no more zeros than exponentials. It is looked at on a grid of times, 32 to the decade
from a small part of the shortest mean life to 800 of the longest; a change of sign brackets a crossing. Where
the slope shows that f turns towards zero and back between two grid times, the turning point is found too and
a pair of crossings is not missed. Brackets shrink (in the logarithm of time) to 1e-14 by Chandrupatla's
method: inverse quadratic interpolation where it is safe, halving elsewhere (1997, Adv. Eng. Softw. 28, 145).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from becq.physics.bateman import Array, Places
from becq.physics.chains import Chain

NOISE = 1e-13
"""A balance below this share of what it is the difference of counts as zero."""

_CELLS = 1 << 22  # lots times grid times held at once
_STEPS = 120
Signs = NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Balance:
    """f(t) for many lots of one chain.

    :ivar chain: the chain; its members order every activity vector.
    :ivar columns: places of the start nuclides, (k,).
    :ivar rows: activities at time 0 in Bq, (L, k), not negative.
    :ivar gain: weights of what counts for, (n,), not negative.
    :ivar loss: weights of what counts against, (n,), not negative.
    :ivar share: factor of the losses, (L,).
    :ivar limit: limit in Bq, (L,).
    """

    chain: Chain
    columns: Places
    rows: Array
    gain: Array
    loss: Array
    share: Array
    limit: Array

    def value(self, lots: Places, t: Array) -> Array:
        """f in Bq for some lots at one time each, (m,); 0 within the noise."""
        wanted = np.flatnonzero((self.gain != 0) | (self.loss != 0))
        a = self.chain.activity_operator.apply(self.rows[lots], self.columns, t, wanted)
        up = a @ self.gain[wanted]
        down = self.share[lots] * (a @ self.loss[wanted]) + self.limit[lots]
        return np.where(np.abs(up - down) <= NOISE * (up + down), 0.0, up - down)

    def slope(self, lots: Places, t: Array) -> Array:
        """df/dt in Bq/s, (m,)."""
        operator = self.chain.activity_operator
        change = operator.apply(self.rows[lots], self.columns, t) @ operator.matrix.T
        return np.asarray(change @ self.gain - self.share[lots] * (change @ self.loss))

    def crossings(self) -> tuple[NDArray[np.bool_], Array, NDArray[np.bool_]]:
        """Whether f is positive just after time 0, (L,); times of crossing in s, (L, m), ascending and padded
        with nan; whether f rises there, (L, m)."""
        times, matrices = grid(self.chain)
        count = self.rows.shape[0]
        above = np.zeros(count, dtype=bool)
        found_lots, found_times, found_rising = [], [], []
        for first in range(0, count, max(1, _CELLS // times.size)):
            lots = np.arange(first, min(count, first + max(1, _CELLS // times.size)))
            signs, slopes = self._on_grid(lots, matrices)
            at = np.argmax(signs != 0, axis=1)
            above[lots] = signs[np.arange(lots.size), at] > 0
            which, low, high, before = self._brackets(lots, times, signs, slopes)
            roots = root(self.value, which, low, high)
            found_lots.append(which)
            found_times.append(roots)
            found_rising.append(before < 0)
        which = np.concatenate(found_lots) if found_lots else np.zeros(0, dtype=np.intp)
        roots = np.concatenate(found_times) if found_times else np.zeros(0)
        rising = np.concatenate(found_rising) if found_rising else np.zeros(0, dtype=bool)
        order = np.lexsort((roots, which))
        which, roots, rising = which[order], roots[order], rising[order]
        place = np.arange(which.size) - np.searchsorted(which, which)
        width = int(place.max()) + 1 if which.size else 0
        padded, rises = np.full((count, width), np.nan), np.zeros((count, width), dtype=bool)
        padded[which, place], rises[which, place] = roots, rising
        return above, padded, rises

    def _on_grid(self, lots: Places, matrices: Array) -> tuple[Signs, Signs]:
        """Signs of f and of df/dt, (lots, grid)."""
        rows, share, matrix = self.rows[lots], self.share[lots, None], self.chain.activity_operator.matrix

        def along(weights: Array) -> Array:
            return np.asarray(rows @ np.einsum("n,gnk->kg", weights, matrices[:, :, self.columns]))

        up, down = along(self.gain), share * along(self.loss) + self.limit[lots, None]
        slope = along(self.gain @ matrix) - share * along(self.loss @ matrix)
        gross = along(self.gain @ np.abs(matrix)) + share * along(self.loss @ np.abs(matrix))
        return _signs(up - down, up + down), _signs(slope, gross)

    def _brackets(
        self, lots: Places, times: Array, signs: Signs, slopes: Signs
    ) -> tuple[Places, Array, Array, Signs]:
        """Lots, lower and upper times, and the sign at the lower one, of every bracket of one crossing."""
        which, start, end = sign_changes(signs)
        found = [(lots[which], times[start], times[end], signs[which, start])]
        left, right = signs[:, :-1], signs[:, 1:]
        turning = (left != 0) & (left == right) & (left * slopes[:, :-1] < 0) & (right * slopes[:, 1:] > 0)
        which, start = np.nonzero(turning)
        if which.size:
            chosen, low, high = lots[which], times[start], times[start + 1]
            turn = root(self.slope, chosen, low, high)
            through = _signs(self.value(chosen, turn)) == -signs[which, start]
            chosen, low, high, turn = chosen[through], low[through], high[through], turn[through]
            before = signs[which, start][through]
            found += [(chosen, low, turn, before), (chosen, turn, high, -before)]
        return (
            np.concatenate([f[0] for f in found]),
            np.concatenate([f[1] for f in found]),
            np.concatenate([f[2] for f in found]),
            np.concatenate([f[3] for f in found]),
        )


def sign_changes(signs: Signs) -> tuple[Places, Places, Places]:
    """Row, last place of the old sign and first place of the new one, for each change along the rows.

    Zeros (within the noise) are passed over.
    """
    places = np.where(signs != 0, np.arange(signs.shape[1]), -1)
    last = np.maximum.accumulate(places, axis=1)[:, :-1]
    old = np.where(last >= 0, np.take_along_axis(signs, np.maximum(last, 0), axis=1), 0)
    row, place = np.nonzero((signs[:, 1:] != 0) & (old != 0) & (old != signs[:, 1:]))
    return row, last[row, place], place + 1


def root(value: Callable[[Places, Array], Array], lots: Places, low: Array, high: Array) -> Array:
    """Times at which ``value(lots, t)`` changes its sign, each between its own bounds (m,).

    A lower bound of 0 is taken as 1e-15 of the upper one. Where rounding hides the change, the bound with the
    smaller value is returned.
    """
    result = np.empty(low.size)
    rest = np.arange(low.size)
    x1, x2 = np.log(high), np.log(np.where(low > 0, low, high * 1e-15))
    f1, f2 = value(lots, np.exp(x1)), value(lots, np.exp(x2))
    x3, f3 = x2, f2
    for turn in range(_STEPS):
        nearest = np.where(np.abs(f1) < np.abs(f2), x1, x2)
        room = 4e-16 * np.maximum(np.abs(nearest), 1.0) / np.maximum(np.abs(x2 - x1), 1e-300)
        done = (f1 == 0) | (f2 == 0) | (np.sign(f1) == np.sign(f2)) | (room > 0.5) | (turn == _STEPS - 1)
        result[rest[done]] = np.exp(nearest[done])
        if done.all():
            break
        rest, room = rest[~done], room[~done]
        x1, x2, x3, f1, f2, f3 = (a[~done] for a in (x1, x2, x3, f1, f2, f3))
        x = x1 + np.clip(_fraction(x1, x2, x3, f1, f2, f3) if turn else 0.5, room, 1 - room) * (x2 - x1)
        f = value(lots[rest], np.exp(x))
        same = np.sign(f) == np.sign(f1)
        x3, f3 = np.where(same, x1, x2), np.where(same, f1, f2)
        x2, f2 = np.where(same, x2, x1), np.where(same, f2, f1)
        x1, f1 = x, f
    return result


def _fraction(x1: Array, x2: Array, x3: Array, f1: Array, f2: Array, f3: Array) -> Array:
    """Where between x1 and x2 to look next: inverse quadratic interpolation, or the middle."""
    with np.errstate(divide="ignore", invalid="ignore"):
        xi, phi = (x1 - x2) / (x3 - x2), (f1 - f2) / (f3 - f2)
        safe = (phi**2 < xi) & ((1 - phi) ** 2 < 1 - xi)
        quadratic = f1 / (f2 - f1) * f3 / (f2 - f3) + (x3 - x1) / (x2 - x1) * f1 / (f3 - f1) * f2 / (f3 - f2)
    return np.where(safe & np.isfinite(quadratic), quadratic, 0.5)


@lru_cache(maxsize=16)
def grid(whole: Chain) -> tuple[Array, Array]:
    """Times in s, 0 first, and the transfer matrices of a chain at them, (G,) and (G, n, n)."""
    rates = whole.activity_operator.rates
    quick, slow = 1.0 / float(rates.max()), 1.0 / float(rates.min())
    early = np.geomspace(1e-6 * quick, 1e-2 * quick, 32, endpoint=False)
    decades = np.log10(800.0 * slow / (1e-2 * quick))
    late = np.geomspace(1e-2 * quick, 800.0 * slow, int(np.ceil(32 * decades)) + 1)
    times = np.concatenate([[0.0], early, late])
    return times, whole.activity_operator.transfer(times)


def _signs(value: Array, gross: Array | None = None) -> Signs:
    signs = np.sign(value).astype(np.int8)
    if gross is not None:
        signs[np.abs(value) <= NOISE * gross] = 0
    return signs
