"""Elutions of a generator with its whole chain: what each takes, what stays, what breaks through.

The column holds a vector of activities, one per radioactive member of the parent's chain. Between elutions
it decays as a chain (:mod:`becq.physics.decay`); an elution takes from each member a share that depends on
its element only, for that is all that chemistry sees: isotopes such as Tc-99 leave with Tc-99m. The pair
formulas of :mod:`becq.physics.generators` are the special case of one daughter and no breakthrough.

Model: Boyd 1982, Int. J. Appl. Radiat. Isot. 33, 801; the growth of the parent's share in an eluate follows
from two exponentials (see :meth:`ElutionHistory.time_to_ratio_s`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from becq.errors import InputError
from becq.physics import decay_data
from becq.physics.bateman import Array
from becq.physics.decay import chain
from becq.physics.nuclides import Nuclide


@dataclass(frozen=True, slots=True)
class ElutionHistory:
    """What elutions took and left, in Bq.

    :ivar members: radioactive members of the parent's chain, (n,); the first is the parent.
    :ivar daughter: the member that the generator is made for.
    :ivar times_s: elution times, (k,).
    :ivar start_bq: the column at time 0, G + (n,).
    :ivar before_bq: the column just before each elution, G + (k, n).
    :ivar eluates_bq: each eluate at its elution, G + (k, n).
    """

    members: tuple[str, ...]
    daughter: str
    times_s: Array
    start_bq: Array
    before_bq: Array
    eluates_bq: Array

    @property
    def after_bq(self) -> Array:
        """The column just after each elution, G + (k, n)."""
        return np.asarray(self.before_bq - self.eluates_bq)

    def of(self, member: str | Nuclide) -> Array:
        """Activity of one member in each eluate, G + (k,). Raises InputError if it is not in the chain."""
        return np.asarray(self.eluates_bq[..., self._index(str(member))])

    @property
    def breakthrough_ratio(self) -> Array:
        """Parent activity per daughter activity in each eluate at its elution, G + (k,).

        0 if no parent came, inf if nothing else did.
        """
        parent, daughter = self.of(self.members[0]), self.of(self.daughter)
        alone = np.where(parent > 0, np.inf, 0.0)
        return np.asarray(np.divide(parent, daughter, out=alone, where=daughter > 0))

    @property
    def isotopic_share(self) -> Array:
        """Atoms of the daughter per radioactive atoms of its element in each eluate, G + (k,).

        For Tc-99m this is the mole fraction that decides how well a kit labels.
        """
        element = self.daughter.partition("-")[0]
        same = [i for i, m in enumerate(self.members) if m.partition("-")[0] == element]
        atoms = self.eluates_bq / np.array([decay_data.decay_const(m) for m in self.members])
        total = atoms[..., same].sum(axis=-1)
        own = atoms[..., self._index(self.daughter)]
        return np.asarray(np.divide(own, total, out=np.zeros_like(own), where=total > 0))

    def time_to_ratio_s(self, limit: float) -> Array:
        """Time in s after each elution at which parent/daughter in the eluate reaches ``limit``, G + (k,).

        The parent in the eluate decays and feeds the daughter: with q = D/P at the elution and R the ratio
        D/P in equilibrium, D/P falls as (q − R)·exp(−(λ_D − λ_P)t) + R. 0 if the limit is passed at once,
        inf if it is never reached (no breakthrough, or 1/limit below R).

        :raises InputError: for a limit that is not above zero.
        """
        if not limit > 0:
            raise InputError("A limit of parent per daughter activity must be above zero")
        rate_p, rate_d, balance = _balance(self.members[0], self.daughter)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = 1.0 / self.breakthrough_ratio
            left = (1.0 / limit - balance) / (share - balance)
            t = -np.log(left) / (rate_d - rate_p)
        t = np.where(np.isinf(share) | (1.0 / limit <= balance), np.inf, t)
        return np.asarray(np.where(share <= 1.0 / limit, 0.0, t))

    def column_bq(self, at_s: ArrayLike) -> Array:
        """The column at any times after 0, G + (m, n); at an elution time, after the elution.

        :raises InputError: for a negative time.
        """
        at = np.atleast_1d(np.asarray(at_s, dtype=np.float64))
        if not (at >= 0).all():
            raise InputError("The column is followed from time 0 on")
        states = np.concatenate([self.start_bq[..., None, :], self.after_bq], axis=-2)
        since = np.concatenate([[0.0], self.times_s])
        last = np.searchsorted(self.times_s, at, side="right")
        grown = chain(self.members[0]).transfer_matrix(at - since[last])
        return np.asarray(np.einsum("mij,...mj->...mi", grown, states[..., last, :]))

    def _index(self, member: str) -> int:
        if member not in self.members:
            raise InputError(f"{member} is not in this chain; it holds {', '.join(self.members)}")
        return self.members.index(member)


def elute(
    parent: str | Nuclide,
    daughter: str | Nuclide,
    parent_activity_bq: ArrayLike,
    elution_times_s: ArrayLike,
    efficiency: ArrayLike,
    *,
    breakthrough: float = 0.0,
    breakthrough_growth: float = 1.0,
    rest_s: float = 0.0,
    shares: Mapping[str, float] | None = None,
) -> ElutionHistory:
    """Every eluate of a generator, all members of the chain.

    :param parent_activity_bq: parent activity at time 0 in Bq, of shape G for many generators.
    :param elution_times_s: times in s after time 0, ascending, not negative, (k,).
    :param efficiency: fraction of the daughter's element taken: a number, or (k,) for partial elutions.
    :param breakthrough: fraction of the parent's element taken by the first elution.
    :param breakthrough_growth: factor from one elution to the next by which the breakthrough grows as a
        column ages, 1 for none; a fraction never exceeds 1.
    :param rest_s: time in s between the last complete elution (or the making) and time 0.
    :param shares: fractions taken of further elements of the chain by symbol, like {"Pb": 0.5}.
    :raises InputError: if the daughter is not radioactive progeny of the parent, or a value out of range.
    """
    head, wanted = str(parent), str(daughter)
    whole = chain(head)
    if wanted not in whole.members[1:]:
        raise InputError(f"{wanted} is not radioactive progeny of {head}: no generator")
    times = np.atleast_1d(np.asarray(elution_times_s, dtype=np.float64))
    if times.ndim != 1 or not np.isfinite(times).all() or (np.diff(times, prepend=0.0) < 0).any():
        raise InputError("Elution times must be one list of finite times, ascending and not negative")
    if not (np.isfinite(rest_s) and rest_s >= 0):
        raise InputError("The time since the last elution must be finite and not negative")
    if not breakthrough_growth >= 1:
        raise InputError("A breakthrough grows by a factor of at least 1")
    activity = np.asarray(parent_activity_bq, dtype=np.float64)
    if not (np.isfinite(activity) & (activity >= 0)).all():
        raise InputError("A parent activity must be a finite number, not negative")
    take = _shares(whole.members, wanted, times.size, efficiency, breakthrough, breakthrough_growth, shares)
    start = activity[..., None] * rested_column(head, rest_s)
    steps = whole.transfer_matrix(np.diff(times, prepend=0.0))
    before = np.empty((*start.shape[:-1], times.size, start.shape[-1]))
    eluates = np.empty_like(before)
    column = start
    for i in range(times.size):
        before[..., i, :] = column @ steps[i].T
        eluates[..., i, :] = before[..., i, :] * take[i]
        column = before[..., i, :] - eluates[..., i, :]
    return ElutionHistory(whole.members, wanted, times, start, before, eluates)


def rested_column(parent: str, rest_s: float) -> Array:
    """The column ``rest_s`` after the parent was alone on it: activities per activity of the parent, (n,).

    :raises InputError: if the parent has all but vanished by then.
    """
    grown = chain(parent).transfer_matrix(rest_s)[:, 0]
    if not grown[0] > 0:
        raise InputError(f"Nothing is left of {parent} after so long a time without elution")
    return np.asarray(grown / grown[0])


def _shares(
    members: tuple[str, ...],
    daughter: str,
    k: int,
    efficiency: ArrayLike,
    breakthrough: float,
    growth: float,
    more: Mapping[str, float] | None,
) -> Array:
    """Fraction of each member that each elution takes, (k, n)."""
    elements = [m.partition("-")[0] for m in members]
    unknown = set(more or ()) - set(elements)
    if unknown:
        raise InputError(f"No {', '.join(sorted(unknown))} in the chain of {members[0]}")
    try:
        taken = np.broadcast_to(np.asarray(efficiency, dtype=np.float64), (k,))
    except ValueError:
        raise InputError(f"One efficiency for all or one for each of the {k} elutions") from None
    passing = np.minimum(breakthrough * growth ** np.arange(k, dtype=np.float64), 1.0)
    by_element: dict[str, Array] = {e: np.full(k, f) for e, f in (more or {}).items()}
    by_element[elements[0]] = passing
    by_element[daughter.partition("-")[0]] = taken
    out = np.stack([by_element.get(e, np.zeros(k)) for e in elements], axis=-1)
    valid: NDArray[np.bool_] = (out >= 0) & (out <= 1)
    if not valid.all() or not 0 <= breakthrough <= 1:
        raise InputError("A fraction taken by an elution must be between 0 and 1")
    return out


def _balance(parent: str, daughter: str) -> tuple[float, float, float]:
    """Both decay constants in 1/s, and daughter per parent activity in equilibrium of the pair."""
    record = decay_data.record(parent)
    rate_p, rate_d = record.decay_const, decay_data.decay_const(daughter)
    fraction = sum(b.fraction for b in record.branches if b.daughter == daughter)
    if not rate_d > rate_p:
        raise InputError(f"{parent} lives no longer than {daughter}: no equilibrium")
    if not fraction:
        # through short-lived members: their share of the chain's flow, one decay each
        whole = chain(parent)
        operator = whole.activity_operator
        flows = np.zeros(len(whole.members))
        flows[0] = 1.0
        for i in range(1, flows.size):
            flows[i] = float(operator.matrix[i, :i] @ flows[:i]) / operator.rates[i]
        fraction = float(flows[whole.members.index(daughter)])
    return rate_p, rate_d, fraction * rate_d / (rate_d - rate_p)
