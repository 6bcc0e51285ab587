"""exp(A·t) of a burn-up matrix, which decays and captures make stiff and sometimes cyclic.

A holds −removal on the diagonal and non-negative rates beside it (A[i, j]: from j to i). Two ways:

- *positive* (the default): uniformization (Grassmann 1977) over a time so short that the fastest member
  hardly moves, then repeated squaring. Nothing is subtracted except in 1 − P[j, j], which is carried
  along as a number of its own (the idea of Grassmann, Taksar & Heyman 1985), so each entry keeps its
  digits over any number of decades: a nuclide that is 1e-25 of the target is as good as the target. The
  method of :mod:`becq.physics.bateman` does the same for triangular matrices; here cycles are allowed,
  like S-32(n,p)P-32 and its decay back to S-32.
- *CRAM* of order 16 (Pusa 2016, Nucl. Sci. Eng. 182, 297, doi:10.13182/NSE15-26, incomplete partial
  fractions): eight complex linear systems a step, accurate to 1e-15 of the largest number of atoms. The
  tests hold one against the other.
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_SERIES = 20  # terms beyond the depth: 1/20! is below float64
_CELLS = 1 << 22  # matrix cells held at once

_CRAM_LIMIT = 2.124853710495224e-16
_CRAM_RESIDUES = np.array(
    [
        5.464930576870210e3 - 3.797983575308356e4j,
        9.045112476907548e1 - 1.115537522430261e3j,
        2.344818070467641e2 - 4.228020157070496e2j,
        9.453304067358312e1 - 2.951294291446048e2j,
        7.283792954673409e2 - 1.205646080220011e5j,
        3.648229059594851e1 - 1.155509621409682e2j,
        2.547321630156819e1 - 2.639500283021502e1j,
        2.394538338734709e1 - 5.650522971778156e0j,
    ]
)
_CRAM_POLES = np.array(
    [
        3.509103608414918 + 8.436198985884374j,
        5.948152268951177 + 3.587457362018322j,
        -5.264971343442647 + 16.22022147316793j,
        1.419375897185666 + 10.92536348449672j,
        6.416177699099435 + 1.194122393370139j,
        4.993174737717997 + 5.996881713603942j,
        -1.413928462488886 + 13.49772569889275j,
        -10.84391707869699 + 19.27744616718165j,
    ]
)


def transfer(removal: Array, coupling: Array, duration_s: Array) -> Array:
    """exp(A·t) by the positive method.

    :param removal: total rates of removal in 1/s, (L, n), not negative.
    :param coupling: rates from j to i in 1/s, (L, n, n), not negative, zero on the diagonal.
    :param duration_s: times in s, (L,), not negative.
    :returns: (L, n, n), not negative; column j tells where the atoms of j went.
    """
    cases, n = removal.shape
    depth = _depth(coupling)
    out = np.empty((cases, n, n))
    step = max(1, _CELLS // (n * n))
    for first in range(0, cases, step):
        block = slice(first, first + step)
        out[block] = _transfer(removal[block], coupling[block], duration_s[block], depth)
    return out


class Steps:
    """Transfers of a history: a step like an earlier one (the next cycle or stop) is not solved again."""

    def __init__(self) -> None:
        self._done: dict[tuple[bytes, float], Array] = {}

    def apply(self, removal: Array, coupling: Array, duration_s: float, atoms: Array) -> Array:
        """exp(A·t)·N for every case: (L, n), (L, n, n), a time, (L, n) → (L, n)."""
        mark = blake2b(np.ascontiguousarray(removal).data)
        mark.update(np.ascontiguousarray(coupling).data)
        key = (mark.digest(), duration_s)
        if key not in self._done:
            self._done[key] = transfer(removal, coupling, np.full(len(removal), duration_s))
        return np.asarray(np.einsum("lij,lj->li", self._done[key], atoms))


def cram(removal: Array, coupling: Array, duration_s: Array, atoms: Array) -> Array:
    """exp(A·t)·N by CRAM of order 16: shapes as in :func:`transfer`, atoms (L, n) → (L, n).

    Small numbers of atoms may come out slightly negative: the error is 1e-15 of the largest one.
    """
    n = removal.shape[1]
    diagonal = np.arange(n)
    matrix = coupling * duration_s[:, None, None]
    matrix[:, diagonal, diagonal] -= removal * duration_s[:, None]
    result = atoms.astype(np.float64)
    identity = np.eye(n)
    for residue, pole in zip(_CRAM_RESIDUES, _CRAM_POLES, strict=True):
        solved = np.linalg.solve(matrix - pole * identity, result[..., None].astype(np.complex128))
        result = result + 2.0 * (residue * solved[..., 0]).real
    return np.asarray(result * _CRAM_LIMIT)


def _depth(coupling: Array) -> int:
    """The longest path without a repeated member, n where there are cycles."""
    linked = (coupling > 0).any(axis=0)
    n = int(linked.shape[0])
    level = np.zeros(n, dtype=np.int64)
    for _ in range(n):
        reached = np.where(linked, level[None, :] + 1, 0).max(axis=1, initial=0)
        new = np.maximum(level, reached)
        if (new == level).all():
            return int(level.max(initial=0))
        level = new
    return n


def _transfer(removal: Array, coupling: Array, t: Array, depth: int) -> Array:
    n = removal.shape[1]
    diagonal = np.arange(n)
    fastest = 2.0 * removal.max(axis=1, initial=0.0)
    q = np.where(fastest > 0, fastest, 1.0)
    squarings = np.maximum(0, np.ceil(np.log2(np.maximum(q * t, 1.0)))).astype(np.int64)
    x = q * t / np.exp2(squarings)
    stay = 1.0 - removal / q[:, None]
    move = coupling / q[:, None, None]
    # powers of S = diag(stay) + move; ``back`` is the part of their diagonal from closed walks
    power = np.broadcast_to(np.eye(n), coupling.shape).copy()
    back = np.zeros_like(removal)
    returned = np.zeros_like(removal)
    weight = np.exp(-x)
    result = weight[:, None, None] * power
    for k in range(1, depth + _SERIES + 1):
        walked = move @ power
        back = stay * back + walked[:, diagonal, diagonal]
        power = stay[:, :, None] * power + walked
        weight = weight * x / k
        result += weight[:, None, None] * power
        returned += weight[:, None] * back
    ahead = t / np.exp2(squarings)
    kept, gone = np.exp(-removal * ahead[:, None]), -np.expm1(-removal * ahead[:, None])
    result[:, diagonal, diagonal] = kept + returned
    gone = gone - returned
    for done in range(int(squarings.max(initial=0))):
        rows = np.flatnonzero(squarings > done)
        part = result[rows]
        before = gone[rows]
        stays = part[:, diagonal, diagonal]
        squared = part @ part
        cycled = _cycled(part)
        after = before * (2.0 - before) - cycled
        squared[:, diagonal, diagonal] = np.where(after < 0.5, 1.0 - after, stays * stays + cycled)
        result[rows] = squared
        gone[rows] = after
    return result


def _cycled(part: Array) -> Array:
    """Σ over i ≠ j of P[j, i]·P[i, j], the share that leaves j and comes back: (L, n, n) → (L, n)."""
    n = part.shape[1]
    beside = part.copy()
    beside[:, np.arange(n), np.arange(n)] = 0.0
    return np.asarray(np.einsum("lij,lji->li", beside, beside))
