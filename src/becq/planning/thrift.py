"""The least cost at a given service: the second stage as a programme of its own.

Once it is known what every order gets, the flow of an order that takes one option is no choice any more: it
is what the order gets where the option is used, and nothing where it is not. The programme that is left has
about half the columns, nearly all of them whole, and no rows that tie flows to their options.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix, vstack

from becq.planning.model import Array, Model
from becq.planning.programme import Programme

NOTHING = 1e-8
"""A share of an option's largest activity that is no delivery."""
SERVICE_FLOOR = 1e-8
"""An order in parts may lose at most this share of what it has."""
ROUNDING = 1e-7
"""Share by which an option may be larger than its largest activity."""


@dataclass(frozen=True, slots=True)
class Thrift:
    """``programme`` has the columns ``kept`` of a part; the values of all are ``spread`` times its values."""

    programme: Programme
    kept: NDArray[np.intp]
    spread: csc_matrix
    start: Array
    """The values that are to be improved, whole where they must be; they hold."""

    def restore(self, values: Array) -> Array:
        """The values of the part for those of ``programme``."""
        whole = np.where(self.programme.integer, np.round(values), values)
        return np.asarray(self.spread @ whole)


def keep_service(
    model: Model, columns: NDArray[np.intp], rows: NDArray[np.intp], values: Array, price: Array
) -> Thrift:
    """The programme that gives every order of a part what ``values`` give it, at the least ``price``.

    :param values: feasible values of ``columns``.
    :param price: what is to be made least, for each of ``columns``.
    """
    option, order, served = model.option[columns], model.order[columns], model.served[columns]
    scale, lower, upper = model.scale[columns], model.lower[columns], model.upper[columns].copy()
    single = option >= 0
    flows = np.flatnonzero(single & (order >= 0))
    uses = np.flatnonzero(single & (order < 0))
    flows, uses = flows[np.argsort(option[flows])], uses[np.argsort(option[uses])]
    given = np.bincount(order[flows], values[flows] * scale[flows], minlength=1)
    share = given[order[flows]] / scale[flows]
    fits = (share > NOTHING) & (share <= 1 + ROUNDING)
    upper[uses[~fits]] = lower[uses[~fits]]
    is_kept = ~(single & (order >= 0))
    is_kept[uses[~fits]] = False
    kept = np.flatnonzero(is_kept)
    place = np.full(columns.size, -1, dtype=np.intp)
    place[kept] = np.arange(kept.size)
    spread = csc_matrix(
        (
            np.concatenate([np.ones(kept.size), np.minimum(share[fits], 1.0)]),
            (np.concatenate([kept, flows[fits]]), np.concatenate([np.arange(kept.size), place[uses[fits]]])),
        ),
        shape=(columns.size, kept.size),
    )
    integer = model.integer[columns][kept]
    start = np.where(integer, np.round(values[kept]), values[kept])
    part = csr_matrix(csr_matrix(model.matrix[rows][:, columns]) @ spread)
    demanded = np.unique(served[uses[fits]])
    groups = np.searchsorted(demanded, served[uses[fits]])
    chosen = csr_matrix((np.ones(groups.size), (groups, place[uses[fits]])), shape=(demanded.size, kept.size))
    divided, floor = _parts(option, order, scale, values, place, kept.size)
    matrix = csr_matrix(vstack([part, chosen, divided]))
    sums = matrix @ start
    low = np.concatenate([model.row_lower[rows], np.ones(demanded.size), floor])
    high = np.concatenate([model.row_upper[rows], np.ones(demanded.size), np.full(floor.size, np.inf)])
    programme = Programme(
        csc_matrix(matrix),
        # What holds but for rounding shall hold: the start is feasible.
        np.minimum(low, sums),
        np.maximum(high, sums),
        lower[kept],
        upper[kept],
        integer,
        price[kept],
    )
    return Thrift(programme, kept, spread, start)


def _parts(
    option: NDArray[np.intp],
    order: NDArray[np.intp],
    scale: Array,
    values: Array,
    place: NDArray[np.intp],
    size: int,
) -> tuple[csr_matrix, Array]:
    """Rows that give orders in parts what they have, in whichever parts, with their lower limits."""
    flows = np.flatnonzero((option < 0) & (order >= 0))
    demands, number = np.unique(order[flows], return_inverse=True)
    largest = np.zeros(demands.size)
    np.maximum.at(largest, number, scale[flows])
    share: Array = scale[flows] / largest[number]
    given = np.bincount(number, share * values[flows], minlength=demands.size).astype(np.float64)
    rows = csr_matrix((share, (number, place[flows])), shape=(demands.size, size))
    return rows, given * (1 - SERVICE_FLOOR)


def find_links(programme: Programme) -> NDArray[np.bool_]:
    """Rows which say that whole columns are used only if one other is: a plan hardly misses one of them.

    They are many, and most of them do not bind, so that a relaxation may leave them out until it breaks them.
    """
    matrix = csr_matrix(programme.matrix)
    length = np.diff(matrix.indptr)
    row = np.repeat(np.arange(matrix.shape[0]), length)
    whole = programme.integer[matrix.indices]
    plus = np.bincount(row[(matrix.data == 1.0) & whole], minlength=matrix.shape[0])
    minus = np.bincount(row[(matrix.data == -1.0) & whole], minlength=matrix.shape[0])
    open_below = np.isneginf(programme.row_lower)
    found: NDArray[np.bool_] = (programme.row_upper == 0.0) & open_below & (minus == 1) & (plus + 1 == length)
    return found & (plus > 0)
