"""Some columns and rows of the model as a programme by itself, and HiGHS with it: loaded, started, run."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass
from functools import cache

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix

from becq.errors import ConflictError
from becq.planning.model import Array, Model

LEAST_S = 0.5
"""Time that a run has however late it is."""
CONTRADICTION = "the pins contradict each other or a limit; remove one of them and plan again"


@dataclass(frozen=True, slots=True)
class Programme:
    """min ``cost`` · z, subject to row_lower <= matrix z <= row_upper, lower <= z <= upper, some z whole."""

    matrix: csc_matrix
    row_lower: Array
    row_upper: Array
    lower: Array
    upper: Array
    integer: NDArray[np.bool_]
    cost: Array


def take(model: Model, columns: NDArray[np.intp], rows: NDArray[np.intp], cost: Array) -> Programme:
    """The part of ``model`` with these columns and rows, ``cost`` to be minimised."""
    return Programme(
        csc_matrix(model.matrix[rows][:, columns]),
        model.row_lower[rows],
        model.row_upper[rows],
        model.lower[columns],
        model.upper[columns],
        model.integer[columns],
        cost,
    )


def load(programme: Programme, deadline: float) -> highspy.Highs:
    """A programme in HiGHS, with one thread."""
    _silence_banner()
    lp = highspy.HighsLp()
    matrix = programme.matrix
    lp.num_row_, lp.num_col_ = matrix.shape
    lp.col_cost_ = programme.cost
    lp.col_lower_, lp.col_upper_ = programme.lower, programme.upper
    lp.row_lower_, lp.row_upper_ = programme.row_lower, programme.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = matrix.indptr
    lp.a_matrix_.index_ = matrix.indices
    lp.a_matrix_.value_ = matrix.data
    lp.integrality_ = [
        highspy.HighsVarType.kInteger if whole else highspy.HighsVarType.kContinuous
        for whole in programme.integer
    ]
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("random_seed", 1)
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("mip_feasibility_tolerance", 1e-7)
    highs.setOptionValue("primal_feasibility_tolerance", 1e-9)
    highs.passModel(lp)
    allow(highs, deadline)
    return highs


def allow(highs: highspy.Highs, deadline: float) -> None:
    """Let the next run last until ``deadline``; HiGHS counts the time of all runs of a programme."""
    highs.setOptionValue("time_limit", highs.getRunTime() + max(LEAST_S, deadline - time.monotonic()))


def set_start(highs: highspy.Highs, start: Array) -> None:
    """Give a point to begin from; HiGHS tries for itself whether it is feasible."""
    solution = highspy.HighsSolution()
    solution.col_value = list(start)
    highs.setSolution(solution)


def run(highs: highspy.Highs) -> tuple[Array, float, bool]:
    """(values, proven bound of the minimised objective, whether time ran out).

    Raises ConflictError where no values keep all limits, or none were found in time.
    """
    highs.run()
    status = highs.getModelStatus()
    if status == highspy.HighsModelStatus.kSolveError:
        # Undoing its reductions left HiGHS a rounding beyond its own tolerance: once more without them.
        highs.setOptionValue("presolve", "off")
        highs.run()
        status = highs.getModelStatus()
    if status == highspy.HighsModelStatus.kInfeasible:
        raise ConflictError(CONTRADICTION)
    values = np.array(highs.getSolution().col_value)
    info = highs.getInfo()
    late = status == highspy.HighsModelStatus.kTimeLimit
    if info.primal_solution_status != highspy.kSolutionStatusFeasible:
        raise ConflictError("no plan was found within the time limit; allow more time or fewer days")
    if highs.getLp().integrality_ and np.isfinite(info.mip_dual_bound):
        return values, float(info.mip_dual_bound), late
    return values, -np.inf if late else float(info.objective_function_value), late


@cache
def _silence_banner() -> None:
    """Let HiGHS print its banner, which no option stops, to nowhere, once per process.

    Standard output belongs to the caller: with --json it is one JSON object and nothing else.
    """
    sys.stdout.flush()
    kept = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        highspy.Highs()  # type: ignore[no-untyped-call]
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)
