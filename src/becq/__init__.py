"""Becq (贝可): the open platform for the medical-isotope chain."""

__version__ = "0.1.0"
