"""Chemical formulas as people write them, with the misreadings that change a mass refused.

``periodictable`` reads "H218O" as 218 hydrogens, "H2O18" as eighteen oxygens and "Zn(NO3)2.6H2O" with 2.6
waters. None of these is meant: isotopes belong in brackets, "H2O[18]", or in an enrichment,
and a hydrate has a raised dot, "Zn(NO3)2·6H2O".
"""

from __future__ import annotations

import re
from functools import lru_cache

from becq.errors import InputError
from becq.physics.elements import elements

_DOTS = dict.fromkeys(map(ord, "·⋅•∙・*"), "+")
_COUNTED = re.compile(r"(?P<symbol>[A-Z][a-z]?)(?P<count>\d+)(?![\d.])(?=\s*(?P<next>[A-Z][a-z]?)?)")
_BEFORE = re.compile(r"(?:^|[\s+])(?P<a>\d+)(?P<symbol>[A-Z][a-z]?)")
_HYDRATE = re.compile(r"(?<=[\w)\]])\s*\.\s*(?=\d*(?:H2O|D2O|\())")
_LIGHTEST_OWN, _LIGHTEST_NEXT = 16, 10  # C12H22O11 and B10H14 are formulas
_EXAMPLES = "write for example H2O, MoO3 or Zn(NO3)2"


@lru_cache(maxsize=512)
def parse_formula(text: str) -> tuple[tuple[str, int | None, float], ...]:
    """(symbol, mass number or None, atoms per formula unit) of a chemical formula.

    Hydrates are written with "·" or "*", isotopes in brackets, "H2O[18]", or D for H-2.

    :raises InputError: if it is not a formula, or one that would be misread (with the right spelling).
    """
    import periodictable

    plain = text.strip().translate(_DOTS)
    _check(plain, text)
    try:
        atoms = periodictable.formula(plain).atoms if plain else {}
    except Exception:  # the parser of the package raises its own and several built-in kinds
        atoms = {}
    if not atoms:
        raise InputError(f'"{text}" is not a chemical formula: {_EXAMPLES}')
    found = []
    for atom, count in atoms.items():
        a = getattr(atom, "isotope", None)
        symbol = "H" if atom.symbol in {"D", "T"} else str(atom.symbol)
        if symbol not in elements():
            raise InputError(f'"{text}": {symbol} is no element')
        found.append((symbol, int(a) if a else None, float(count)))
    return tuple(found)


def _check(plain: str, text: str) -> None:
    if _HYDRATE.search(plain):
        right = _HYDRATE.sub("·", text.strip())
        raise InputError(f'"{text}": a full stop makes a fraction; write the hydrate as {right}')
    for match in _BEFORE.finditer(plain):
        if int(match["a"]) >= _LIGHTEST_NEXT and _natural(match["symbol"], int(match["a"])):
            raise _isotope(text, match["symbol"], match["a"])
    for match in _COUNTED.finditer(plain):
        symbol, count = match["symbol"], match["count"]
        if int(count) >= _LIGHTEST_OWN and _natural(symbol, int(count)):
            raise _isotope(text, symbol, count)
        for cut in range(1, len(count)):
            a = count[cut:]
            if match["next"] and int(a) >= _LIGHTEST_NEXT and _natural(match["next"], int(a)):
                raise _isotope(text, match["next"], a)


def _isotope(text: str, symbol: str, a: str) -> InputError:
    return InputError(
        f'"{text}": {a} would be a number of atoms; leave it out and give the enrichment of {symbol}-{a}, '
        f"or write {symbol}[{a}]"
    )


def _natural(symbol: str, a: int) -> bool:
    from becq.physics.accelerator.isotopes import natural_abundances

    return symbol in elements() and a in natural_abundances(symbol)
