"""From a network to a plan: dated future moves, unmet orders with their reasons, a proven gap."""

from becq.planning.pins import Pins
from becq.planning.plan import Plan
from becq.planning.planner import plan

__all__ = ["Pins", "Plan", "plan"]
