"""Delivery rounds: which vehicle of a pharmacy takes what to whom, and when. See docs/rounds.md."""
