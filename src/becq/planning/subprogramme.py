"""Parts of a model by themselves, and models with further columns and rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import bmat, csr_matrix

from becq.planning.model import Array, Model

Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Extra:
    """Continuous columns to add (bounds and worth each), and rows over old and new columns.

    New columns are numbered on from those of the model. A row is (columns, coefficients, lower, upper).
    """

    lower: Sequence[float] | Array
    upper: Sequence[float] | Array
    worth: Sequence[float] | Array
    rows: Sequence[tuple[Indices, Array, float, float]]


def cut(model: Model, columns: Indices, values: Array) -> Model:
    """The columns of ``model`` by themselves and the rows they are in, the others held at ``values``.

    The look-ups by lot and option stay those of the whole.
    """
    part = csr_matrix(model.matrix[:, columns])
    rows = np.flatnonzero(np.diff(part.indptr))
    part = csr_matrix(part[rows])
    inside = part @ values[columns]
    beside = model.matrix[rows] @ values - inside
    return replace(
        model,
        matrix=part,
        # What the others hold, unless rounding or an overfull departure left less than is held here.
        row_lower=np.minimum(model.row_lower[rows] - beside, inside),
        row_upper=np.maximum(model.row_upper[rows] - beside, inside),
        lower=model.lower[columns],
        upper=model.upper[columns],
        integer=model.integer[columns],
        worth=model.worth[columns],
        cost=model.cost[columns],
        change=model.change[columns],
        scale=model.scale[columns],
        order=model.order[columns],
        served=model.served[columns],
        option=model.option[columns],
        departures=model.departures[rows],
        spare=model.spare[columns],
        labels={new: model.labels[int(old)] for new, old in enumerate(rows) if int(old) in model.labels},
    )


def grow(model: Model, extra: Extra) -> Model:
    """``model`` with columns and rows added, none of them of orders or departures."""
    count, size = len(extra.lower), model.matrix.shape[1]
    lengths = [columns.size for columns, *_ in extra.rows]
    new = csr_matrix(
        (
            np.concatenate([np.empty(0), *(values for _, values, _, _ in extra.rows)]),
            (
                np.repeat(np.arange(len(lengths)), lengths),
                np.concatenate([np.empty(0, dtype=np.intp), *(columns for columns, *_ in extra.rows)]),
            ),
        ),
        shape=(len(lengths), size + count),
    )
    wider = csr_matrix(
        (model.matrix.data, model.matrix.indices, model.matrix.indptr),
        shape=(model.matrix.shape[0], size + count),
    )
    zeros = np.zeros(count)
    none = np.full(count, -1, dtype=np.intp)
    return replace(
        model,
        matrix=csr_matrix(bmat([[wider], [new]], format="csr")),
        row_lower=np.concatenate([model.row_lower, [row[2] for row in extra.rows]]),
        row_upper=np.concatenate([model.row_upper, [row[3] for row in extra.rows]]),
        lower=np.concatenate([model.lower, extra.lower]),
        upper=np.concatenate([model.upper, extra.upper]),
        integer=np.concatenate([model.integer, np.zeros(count, dtype=bool)]),
        worth=np.concatenate([model.worth, extra.worth]),
        cost=np.concatenate([model.cost, zeros]),
        change=np.concatenate([model.change, zeros]),
        scale=np.concatenate([model.scale, np.ones(count)]),
        order=np.concatenate([model.order, none]),
        served=np.concatenate([model.served, none]),
        option=np.concatenate([model.option, none]),
        departures=np.concatenate([model.departures, np.zeros(len(lengths), dtype=bool)]),
        spare=np.concatenate([model.spare, np.zeros(count, dtype=bool)]),
    )
