"""All calculators, each imported when it is asked for.

A calculator is a file of this package with a ``CALCULATOR``; one line here puts it on the pages, into the
API and into the index.
"""

from __future__ import annotations

from importlib import import_module

from becq.calculators.calculator import Calculator
from becq.errors import InputError

MODULES = {
    "decay": "becq.calculators.decay",
    "cyclotron": "becq.calculators.cyclotron",
    "reactor": "becq.calculators.reactor",
    "fission": "becq.calculators.fission",
    "generator": "becq.calculators.generator",
    "dose-rate": "becq.calculators.dose_rate",
}
"""Name in addresses → module, in the order of the index."""


def names() -> tuple[str, ...]:
    """Names of all calculators, in the order of the index."""
    return tuple(MODULES)


def calculator(name: str) -> Calculator:
    """The calculator of that name.

    :raises InputError: if there is none.
    """
    if name not in MODULES:
        raise InputError(f"There is no calculator '{name}'; use {', '.join(MODULES)}")
    found: Calculator = import_module(MODULES[name]).CALCULATOR
    return found


def calculators() -> tuple[Calculator, ...]:
    """All of them."""
    return tuple(calculator(name) for name in MODULES)
