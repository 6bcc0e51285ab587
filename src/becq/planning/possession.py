"""What receivers may hold at once, and where no choice of a plan could come near it.

Counted is what is received, each from its arrival until it is used up, and the opening stock of the site.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from becq.chain.network import Network
from becq.planning.lots import DAY_S, Lot

USE_HOLD_S = DAY_S
"""A dose counts against the receiver's licence until one day after its calibration (assumption)."""
LARGEST_EXPONENT = 600.0
"""Mean lives before its calibration at which an activity is called larger than any limit."""


class Stay(NamedTuple):
    """The longest that goods of an order may be on a site: epoch seconds, Bq at ``reference``."""

    arrive: float
    until: float
    reference: float
    activity_bq: float


class Possession:
    """Possession limits of a network, with its opening stock.

    :param stays: (site, nuclide) → every order there; None where batches consume or elute the nuclide, for
        which the question of ample limits is left open.
    """

    def __init__(
        self,
        network: Network,
        lots: Sequence[Lot],
        stays: Mapping[tuple[str, str], list[Stay] | None],
    ) -> None:
        self._network, self._stays = network, stays
        self._ample: dict[tuple[str, str], bool] = {}
        self._stock: dict[tuple[str, str], list[Lot]] = defaultdict(list)
        for lot in lots:
            if lot.is_stock:
                self._stock[lot.site, lot.nuclide].append(lot)

    def limit_bq(self, site: str, nuclide: str) -> float | None:
        """The limit that binds receipts of ``nuclide`` at ``site``, if any."""
        licence = self._network.site[site].licence
        return licence.limit_bq(nuclide) if licence else None

    def stock_bq(self, site: str, nuclide: str, moment: float) -> float:
        """Opening stock of ``nuclide`` on ``site`` at ``moment``, nothing used."""
        return sum(
            lot.supply_bq * math.exp(-lot.decay_const * (moment - lot.release))
            for lot in self._stock.get((site, nuclide), [])
            if lot.expires > moment
        )

    def is_ample(self, site: str, nuclide: str, decay_const: float) -> bool:
        """Whether every order of the site could be there as early and as long as can be within the limit."""
        key = site, nuclide
        if key not in self._ample:
            self._ample[key] = self._find_ample(site, nuclide, decay_const)
        return self._ample[key]

    def _find_ample(self, site: str, nuclide: str, decay_const: float) -> bool:
        limit, stays = self.limit_bq(site, nuclide), self._stays.get((site, nuclide), [])
        if limit is None or stays is None:
            return limit is None
        if not stays:
            return True
        arrive, until, reference, activity = np.array(stays).T
        age = np.minimum(decay_const * (reference[None, :] - arrive[:, None]), LARGEST_EXPONENT)
        there = (arrive[None, :] <= arrive[:, None]) & (arrive[:, None] < until[None, :])
        held = (there * np.exp(age) * activity[None, :]).sum(axis=1)
        stock = [self.stock_bq(site, nuclide, float(moment)) for moment in arrive]
        return bool((held + np.array(stock) <= limit).all())
