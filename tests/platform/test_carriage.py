"""What a consignment asks of its package."""

from __future__ import annotations

import pytest
from test_dispatch import ORDER, Way
from trade import GBQ, trade

from becq.physics.decay import decay_factor
from becq.platform.dispatch.transport import carriage

__all__ = ["trade"]


def test_the_activity_at_departure_decides(trade):
    way = Way(trade, ORDER, "near")
    planned = carriage(way.sender, way.consignment)
    back = way.consignment.reference_time - way.consignment.planned_depart
    expected = way.consignment.planned_activity_bq / float(decay_factor("I-131", back.total_seconds()))
    assert planned is not None
    assert planned.activity_bq == pytest.approx(expected)
    assert (planned.package_type, planned.un_numbers, planned.a2_bq) == ("A", ("2915",), 0.7e12)
    assert planned.fraction_a2 == pytest.approx(expected / 0.7e12)
    sent = way.send(trade, 0.069 * GBQ)  # 69 MBq of a liquid are below 1e-4 A2
    small = carriage(way.sender, sent)
    assert small is not None
    assert (small.package_type, small.un_numbers) == ("excepted", ("2910",))
    sent.dispatched_bq = 0.9e6
    exempt = carriage(way.sender, sent)
    assert exempt is not None
    assert (exempt.package_type, exempt.un_numbers) == ("exempt", ())
    sent.legs = []
    assert carriage(way.sender, sent) is None
