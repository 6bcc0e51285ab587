"""Delivery rounds: which vehicle of a pharmacy takes what to whom, and when. See docs/rounds.md."""

from becq.planning.rounds.calls import rounds_of
from becq.planning.rounds.making import make_rounds
from becq.planning.rounds.result import DeliveryRounds

__all__ = ["DeliveryRounds", "make_rounds", "rounds_of"]
