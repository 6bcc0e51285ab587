"""When something happens to an inventory: a limit of activity, of an impurity or of purity is reached, or an
ingrowing member has its maximum.

Ratios and purities are turned into balances of activities (:mod:`becq.physics.crossings`), so chains,
mixtures and progeny that grows and falls again are all treated alike, many lots at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from becq.errors import InputError
from becq.physics import decay_data
from becq.physics.bateman import Array
from becq.physics.chains import Lots, Names, input_names
from becq.physics.crossings import Balance
from becq.physics.ingrowth import Maximum, maximum_of
from becq.physics.nuclides import Nuclide


@dataclass(frozen=True, slots=True)
class Crossings:
    """All times after time 0 at which a quantity crosses its limit.

    :ivar above: whether the quantity is above the limit just after time 0, (...).
    :ivar times_s: times of crossing in s, ascending, (..., m); nan where there are fewer than m.
    :ivar rising: whether the quantity rises through the limit there, (..., m).
    """

    above: NDArray[np.bool_]
    times_s: Array
    rising: NDArray[np.bool_]

    def first_below(self) -> Array:
        """First time in s at which the quantity is at or below the limit, (...): 0 if it is so from the
        start, nan if it never is."""
        return self._first(rising=False, already=~self.above)

    def first_above(self) -> Array:
        """First time in s at which the quantity is at or above the limit, (...): 0 if it is so from the
        start, nan if it never is."""
        return self._first(rising=True, already=self.above)

    def below_for_good(self) -> Array:
        """Time in s from which the quantity stays at or below the limit, (...): 0 if it is never above it,
        nan if it is above it in the end."""
        return self._last(rising=False, always=~self.above)

    def above_for_good(self) -> Array:
        """Time in s from which the quantity stays at or above the limit, (...): 0 if it is never below it,
        nan if it is below it in the end."""
        return self._last(rising=True, always=self.above)

    def _first(self, *, rising: bool, already: NDArray[np.bool_]) -> Array:
        times = np.where((self.rising == rising) & ~np.isnan(self.times_s), self.times_s, np.inf)
        first = times.min(axis=-1, initial=np.inf)
        return np.where(already, 0.0, np.where(np.isinf(first), np.nan, first))

    def _last(self, *, rising: bool, always: NDArray[np.bool_]) -> Array:
        known = ~np.isnan(self.times_s)
        last = np.where(known, self.times_s, -np.inf).max(axis=-1, initial=-np.inf)
        ends_right = ((self.times_s == last[..., None]) & known & (self.rising == rising)).any(axis=-1)
        return np.where(known.any(axis=-1), np.where(ends_right, last, np.nan), np.where(always, 0.0, np.nan))


def time_to_activity_s(nuclide: str | Nuclide, activity_bq: ArrayLike, limit_bq: ArrayLike) -> Array:
    """Time in s in which one nuclide without ingrowth falls to a limit, ln(A/limit)/λ.

    :param activity_bq: activities now in Bq, positive; broadcast against ``limit_bq``, positive.
    :returns: negative where the activity is below the limit already: so long ago it was at it.
    :raises InputError: for an unknown or stable nuclide or numbers that are not positive.
    """
    rate = decay_data.decay_const(str(nuclide))
    activity, limit = np.asarray(activity_bq, np.float64), np.asarray(limit_bq, np.float64)
    if not rate:
        raise InputError(f"{nuclide} is stable: it has no activity")
    if not ((activity > 0).all() and (limit > 0).all()):
        raise InputError("Activity and limit must be positive")
    return np.asarray(np.log(activity / limit) / rate)


def activity_crossings(
    nuclides: Names, activity_bq: ArrayLike, limit_bq: ArrayLike, *, member: str | Nuclide | None = None
) -> Crossings:
    """When the activity of one member of a chain crosses a limit.

    :param nuclides: one name (then ``activity_bq`` has shape B) or k names (then shape B + (k,)).
    :param activity_bq: activities at time 0 in Bq, not negative.
    :param limit_bq: limit in Bq, positive, broadcast against B.
    :param member: the member looked at; the first of ``nuclides`` if None.
    :returns: all crossings, for lots of shape B.
    :raises InputError: for unknown names, members not in the chain, numbers out of range.
    """
    limit = _positive(limit_bq, "limit")
    name = input_names(nuclides)[0] if member is None else str(member)
    return _crossings(nuclides, activity_bq, [name], [], np.zeros_like(limit), limit)


def ratio_crossings(
    nuclides: Names,
    activity_bq: ArrayLike,
    impurity: str | Nuclide,
    product: str | Nuclide,
    ratio: ArrayLike,
) -> Crossings:
    """When the activity of an impurity, in units of that of the product, crosses a limit.

    :param impurity: a member of the chain, as is ``product``: Lu-177m and Lu-177, Mo-99 and Tc-99m.
    :param ratio: limit of A(impurity)/A(product), positive, broadcast against B.
    :returns: all crossings of the ratio, for lots of shape B; other arguments as of
        :func:`activity_crossings`. Where both activities are below the smallest number, it has no value.
    :raises InputError: as :func:`activity_crossings`.
    """
    share = _positive(ratio, "ratio")
    return _crossings(nuclides, activity_bq, [str(impurity)], [str(product)], share, np.zeros_like(share))


def purity_crossings(
    nuclides: Names,
    activity_bq: ArrayLike,
    product: str | Nuclide,
    purity: ArrayLike,
    *,
    impurities: Sequence[str | Nuclide] | None = None,
) -> Crossings:
    """When the radionuclidic purity, A(product) in all activity, crosses a limit.

    :param purity: limit between 0 and 1 (0.999 for 99.9 %), broadcast against B.
    :param impurities: what counts against the product; if None every other member of the chain that does
        not descend from the product: its own progeny is no impurity.
    :returns: all crossings of the purity; ``first_below()`` is the end of the shelf life for it. Other
        arguments as of :func:`activity_crossings`.
    :raises InputError: as :func:`activity_crossings`, and if nothing is left to be an impurity.
    """
    limit = np.asarray(purity, dtype=np.float64)
    if not ((limit > 0) & (limit < 1)).all():
        raise InputError("A purity must lie between 0 and 1, like 0.999")
    names = input_names(nuclides)
    progeny = decay_data.descendants([str(product)])
    everything = decay_data.descendants(names, stable=False)
    others = (
        [n for n in everything if n not in progeny] if impurities is None else [str(i) for i in impurities]
    )
    if not others:
        raise InputError(f"There is no impurity beside {product} and its progeny: name another nuclide")
    return _crossings(
        nuclides, activity_bq, [str(product)], others, limit / (1.0 - limit), np.zeros_like(limit)
    )


def ingrowth_maximum(
    nuclides: Names, activity_bq: ArrayLike, member: str | Nuclide, *, level: float = 0.999
) -> Maximum:
    """Time and height of the maximum of one member of a chain, and how long it lasts.

    :param activity_bq: activities at time 0 in Bq, not negative; B, or B + (k,) for k nuclides.
    :param level: part of the maximum that counts as the plateau.
    :returns: the largest activity over all times from 0 on (0 if it only falls) for lots of shape B. In a
        secular pair (Sr-90/Y-90, U-238/Th-234) the true maximum lies far out on a plateau on which nothing
        is seen to change; ``time_s`` is that maximum, and ``from_s`` the time that matters in practice.
    :raises InputError: for unknown names, a member not in the chain, activities out of range.
    """
    if not 0 < level < 1:
        raise InputError("The level of a plateau must lie between 0 and 1")
    lots = _lots(nuclides, activity_bq, np.zeros(()), [str(member)])
    return maximum_of(lots, str(member), level)


def _crossings(
    nuclides: Names,
    activity_bq: ArrayLike,
    gains: Sequence[str],
    losses: Sequence[str],
    share: Array,
    limit: Array,
) -> Crossings:
    lots = _lots(nuclides, activity_bq, share, [*gains, *losses])
    members = lots.chain.members
    weights = [np.array([float(m in side) for m in members]) for side in (gains, losses)]
    factors = [np.broadcast_to(x, lots.shape).reshape(-1) for x in (share, limit)]
    above, times, rising = Balance(lots.chain, lots.columns, lots.rows, *weights, *factors).crossings()
    width = times.shape[1]
    return Crossings(
        above.reshape(lots.shape), times.reshape(*lots.shape, width), rising.reshape(*lots.shape, width)
    )


def _lots(nuclides: Names, activity_bq: ArrayLike, like: Array, members: Sequence[str]) -> Lots:
    # a zero for the time of each: only the shape counts
    lots = Lots.of(nuclides, activity_bq, np.zeros(like.shape), members)
    if lots.rows.size and lots.rows.min() < 0:
        raise InputError("Activities must not be negative here")
    return lots


def _positive(value: ArrayLike, what: str) -> Array:
    array = np.asarray(value, dtype=np.float64)
    if not (np.isfinite(array) & (array > 0)).all():
        raise InputError(f"A {what} must be positive")
    return array
