"""Nuclear reactions as people write them, checked for balance of charge and mass.

All of these are the same: "Ni-64(p,n)Cu-64", "64Ni(p,n)64Cu", "⁶⁴Ni(p,n)⁶⁴Cu", "Ni64(p, n)". A target
without a mass number, or with "nat", has natural composition: "natGa(p,xn)68Ge", "Rb(p,xn)Sr-82". "x"
among the ejectiles leaves them open; then the product may also grow from precursors that live shortly
(Xe-124(p,x)I-123 by way of Cs-123 and Xe-123), and what counts is the sum. A chain after the product,
"Xe-124(p,2n)Cs-123->Xe-123->I-123", is read as its last member, made by all ways.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from becq.errors import InputError
from becq.physics import decay_data
from becq.physics.accelerator.isotopes import LIGHT, name_of, natural_abundances, q_value_mev, threshold_mev
from becq.physics.elements import elements
from becq.physics.nuclides import Nuclide, nuclide, parse_nuclide

_SPELLINGS = {"α": "a", "alpha": "a", "4he": "a", "he4": "a", "he-4": "a", "γ": "g", "gamma": "g", "hν": "g"}
_SPELLINGS |= {"proton": "p", "1h": "p", "h1": "p", "deuteron": "d", "2h": "d", "h2": "d"}
_SPELLINGS |= {"e": "g", "3he": "h", "he3": "h", "he-3": "h", "τ": "h", "ph": "g"}
_PROJECTILES = ("p", "d", "a", "h", "g")
_EXPECTED = "write target(projectile,ejectiles)product, like Ni-64(p,n)Cu-64 or natGa(p,xn)Ge-68"
_SHAPE = re.compile(r"(?P<target>[^()]+)\((?P<projectile>[^(),;]+)[,;](?P<ejectiles>[^()]*)\)(?P<product>.*)")
_PIECE = re.compile(r"(?P<count>\d*|x)(?P<particle>[npdtahg])")
_ISOTOPE = re.compile(r"(?:(?P<before>\d{1,3})-?)?(?P<symbol>[A-Za-z]{1,2})(?:-?(?P<after>\d{1,3}))?")
_ARROW = re.compile(r"\s*(?:->|→|=>|⇒|,)\s*")
_OPEN = "x"


@dataclass(frozen=True, slots=True)
class Reaction:
    """One production route.

    :ivar target: an isotope, "Ni-64", or an element of natural composition, "Ga".
    :ivar projectile: "p", "d", "a" (alpha), "h" (He-3) or "g" (photon of an electron machine).
    :ivar ejectiles: "n", "2n", "pn", "g", ...; with an "x" ("x", "xn") they are open.
    :ivar product: canonical name, "Cu-64", "Tc-99m".
    """

    target: str
    projectile: str
    ejectiles: str
    product: str

    @property
    def element(self) -> str:
        """Symbol of the target element, "Ni"."""
        return self.target.partition("-")[0]

    @property
    def target_a(self) -> int | None:
        """Mass number of the target isotope; None for natural composition."""
        mass_number = self.target.partition("-")[2]
        return int(mass_number) if mass_number else None

    @property
    def cumulative(self) -> bool:
        """Whether the ejectiles are open, so that the product may come by several ways."""
        return _OPEN in self.ejectiles

    @property
    def q_value_mev(self) -> float | None:
        """Q value to the ground state of the product in MeV (AME2020); of the best isotope if natural."""
        values = [q_value_mev(t, self.projectile, p, e) for t, p, e in self._ways()]
        return max((v for v in values if v is not None), default=None)

    @property
    def threshold_mev(self) -> float | None:
        """Laboratory threshold in MeV, 0 if exoergic; the lowest of all isotopes if natural.

        The Coulomb barrier is not in it: yields set in above it.
        """
        values = [threshold_mev(t, self.projectile, p, e) for t, p, e in self._ways()]
        return min((v for v in values if v is not None), default=None)

    def _ways(self) -> list[tuple[tuple[int, int], tuple[int, int], Mapping[str, int] | None]]:
        z = elements()[self.element].z
        product = nuclide(self.product)
        ejectiles = None if self.cumulative else count_ejectiles(self.ejectiles)
        masses = tuple(natural_abundances(self.element)) if self.target_a is None else (self.target_a,)
        if ejectiles is not None:
            lost = sum(LIGHT[p][1] * n for p, n in ejectiles.items()) - LIGHT[self.projectile][1]
            masses = tuple(a for a in masses if a - lost == product.a)
        return [((z, a), (product.z, product.a), ejectiles) for a in masses]

    def __str__(self) -> str:
        return f"{self.target}({self.projectile},{self.ejectiles}){self.product}"


def parse_reaction(text: str) -> Reaction:
    """The reaction somebody means by ``text``; see the spellings above.

    :raises InputError: what was wrong and what would be right: a text that is no reaction, an unknown
        nuclide, charge or mass that do not balance (with the balanced reaction), a stable product.
    """
    if not isinstance(text, str):
        raise InputError(f'A reaction is a text, not "{text}": {_EXPECTED}')
    return _parsed(text)


@lru_cache(maxsize=1024)
def _parsed(text: str) -> Reaction:
    plain = unicodedata.normalize("NFKC", text).strip().translate(dict.fromkeys(map(ord, "‐‑‒–—−"), "-"))
    plain = re.sub(r"\s+", "", plain.replace("[", "").replace("]", "").replace("->", "→"))
    match = _SHAPE.fullmatch(plain)
    if match is None:
        raise InputError(f'"{text}" is not a reaction: {_EXPECTED}')
    target = _target(match["target"], text)
    projectile = _spelled(match["projectile"])
    if projectile not in _PROJECTILES:
        where = "; neutrons are for a reactor" if projectile == "n" else ""
        raise InputError(
            f'"{text}": "{match["projectile"]}" is no projectile; use p, d, a (alpha), h (He-3) or g (photon)'
            f"{where}"
        )
    ejectiles = _ejectiles(match["ejectiles"], text)
    chain = [part for part in _ARROW.split(match["product"]) if part]
    products = [_product(part, text) for part in chain]
    if not products:
        products = [_derived(target, projectile, ejectiles, text)]
    _check_balance(target, projectile, ejectiles, products[0], text)
    if len(products) > 1:
        _check_chain(products, text)
        ejectiles = _OPEN
    if products[-1].stable:
        raise InputError(f'"{text}": {products[-1].name} is stable: there is no activity to make')
    return Reaction(target, projectile, ejectiles, products[-1].name)


def count_ejectiles(ejectiles: str) -> dict[str, int]:
    """Particles by number, "p2n" → {"p": 1, "n": 2}; an open number ("xn") is left out."""
    counts: Counter[str] = Counter()
    for piece in _PIECE.finditer(ejectiles):
        if piece["count"] != _OPEN:
            counts[piece["particle"]] += int(piece["count"] or 1)
    return dict(counts)


def _spelled(word: str) -> str:
    plain = word.lower().strip().strip("'+")
    return _SPELLINGS.get(plain, plain)


def _target(word: str, text: str) -> str:
    plain = re.sub(r"^(nat|natural)[-_.]?(?=[A-Z])", "", word.strip("-"))
    if plain.lower().startswith("nat") and len(plain) > 3:
        plain = plain[3:].lstrip("-").capitalize()
    natural = plain != word.strip("-")
    match = _ISOTOPE.fullmatch(plain)
    symbol = match["symbol"].capitalize() if match else ""
    if match is None or symbol not in elements() or (match["before"] and match["after"]):
        raise InputError(
            f'"{text}": "{word}" is no target; write an isotope, Ni-64, or an element, Ga or natGa'
        )
    a = match["before"] or match["after"]
    if a is None or natural:
        if a is not None:
            raise InputError(f'"{text}": a target is either natural ({symbol}) or one isotope ({symbol}-{a})')
        if not natural_abundances(symbol):
            near = [n for n in decay_data.names() if n.startswith(f"{symbol}-") and n[-1].isdigit()]
            near.sort(key=decay_data.half_life_s, reverse=True)
            raise InputError(
                f'"{text}": {symbol} has no natural composition; name the isotope'
                + (f", like {near[0]}" if near else "")
            )
        return symbol
    if int(a) not in natural_abundances(symbol) and not decay_data.known(f"{symbol}-{a}"):
        known = ", ".join(f"{symbol}-{n}" for n in natural_abundances(symbol))
        raise InputError(
            f'"{text}": there is no target {symbol}-{a}' + (f"; {symbol} has {known}" if known else "")
        )
    return f"{symbol}-{int(a)}"


def _ejectiles(word: str, text: str) -> str:
    plain = word.lower().replace("+", "").replace("*", "")
    for spelling, short in (
        ("alpha", "a"),
        ("α", "a"),
        ("gamma", "g"),
        ("γ", "g"),
        ("4he", "a"),
        ("3he", "h"),
    ):
        plain = plain.replace(spelling, short)
    plain = plain.replace("'", "")
    if plain == _OPEN:
        return plain
    if not plain or "".join(m[0] for m in _PIECE.finditer(plain)) != plain:
        raise InputError(f'"{text}": "{word}" are no ejectiles; write n, 2n, pn, a, g (capture), xn or x')
    return plain


def _product(word: str, text: str) -> Nuclide:
    try:
        return parse_nuclide(word.rstrip("!") + "!")
    except InputError as error:
        raise InputError(f'"{text}": {error}'.replace(f"{word}!", word)) from None


def _compound(target: str, projectile: str) -> tuple[int, int | None]:
    symbol, _, a = target.partition("-")
    z, mass = LIGHT[projectile]
    return elements()[symbol].z + z, int(a) + mass if a else None


def _derived(target: str, projectile: str, ejectiles: str, text: str) -> Nuclide:
    z, a = _compound(target, projectile)
    if a is None or _OPEN in ejectiles:
        raise InputError(f'"{text}" names no product and the ejectiles do not say it: {_EXPECTED}')
    for particle, count in count_ejectiles(ejectiles).items():
        z, a = z - LIGHT[particle][0] * count, a - LIGHT[particle][1] * count
    return _product(name_of(z, a) if z > 0 else "?", text)


def _check_balance(target: str, projectile: str, ejectiles: str, product: Nuclide, text: str) -> None:
    z, a = _compound(target, projectile)
    counts = count_ejectiles(ejectiles)
    dz = z - product.z - sum(LIGHT[p][0] * n for p, n in counts.items())
    out = sum(LIGHT[p][1] * n for p, n in counts.items())
    heaviest = a if a is not None else max(natural_abundances(target)) + LIGHT[projectile][1]
    da = heaviest - product.a - out
    if _OPEN in ejectiles:
        free = "".join(p for c, p in _PIECE.findall(ejectiles) if c == _OPEN)
        only_neutrons = free and set(free) == {"n"}
        fits = dz >= 0 and da >= dz and not (only_neutrons and dz != 0)
    elif a is None:
        fits = dz == 0 and product.a + out - LIGHT[projectile][1] in natural_abundances(target)
    else:
        fits = dz == 0 and da == 0
    if not fits:
        raise InputError(f'"{text}" does not balance{_suggestion(target, projectile, ejectiles, product)}')


def _suggestion(target: str, projectile: str, ejectiles: str, product: Nuclide) -> str:
    z, a = _compound(target, projectile)
    dz = z - product.z
    if dz < 0:
        return (
            f": {product.name} has {-dz} proton{'s' * (dz < -1)} more than {target} and {projectile}; "
            "another projectile or another product is needed"
        )
    if a is None:
        return f"; did you mean {target}({projectile},x){product.name}?"
    da = a - product.a
    if da < dz:
        return f": {product.name} is too heavy for {target} and {projectile}"
    pieces = ("p" if dz == 1 else f"{dz}p" if dz else "") + (
        "n" if da - dz == 1 else f"{da - dz}n" if da > dz else ""
    )
    gives = ""
    made_z, made_a = z, a
    for particle, count in count_ejectiles(ejectiles).items():
        made_z, made_a = made_z - LIGHT[particle][0] * count, made_a - LIGHT[particle][1] * count
    made = name_of(made_z, made_a) if 0 < made_z <= made_a else ""
    if made and _OPEN not in ejectiles:
        gives = f": {target}({projectile},{ejectiles}) gives {made}"
        if decay_data.known(made) and product.name in decay_data.descendants((made,)):
            return f"{gives}, which decays to {product.name}; write {target}({projectile},x){product.name}"
        if product.stable:
            right = f"{target}({projectile},{ejectiles}){made}"
            return f"{gives}, and {product.name} is stable; did you mean {right}?"
    return f"{gives}; did you mean {target}({projectile},{pieces or 'g'}){product.name}?"


def _check_chain(products: list[Nuclide], text: str) -> None:
    for parent, daughter in pairwise(products):
        if daughter.name not in decay_data.descendants((parent.name,)):
            raise InputError(f'"{text}": {parent.name} does not decay to {daughter.name}')
