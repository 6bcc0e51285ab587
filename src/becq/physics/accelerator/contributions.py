"""Which residuals count in the yield of a product, and how much.

The activity of a product at the end of bombardment comes from the nuclei of it that the beam makes and from
those of precursors that have decayed by then. The saturation yield and the physical yield are numbers for
one nuclide, so they count the product itself and what reaches it through precursors that live shorter than
it (Otuka & Takacs 2015, Radiochim. Acta 103, 1: "cumulative" yields are those after complete decay of
precursors that live much shorter). A precursor that outlives the product (Re-186m of 200 000 years beside
Re-186, Sc-44m beside Sc-44, Mo-99 beside Tc-99m) feeds it when both are long out of the target: it is in the
activities, as far as it has decayed, and not in the yields; so is what comes through one (Pa-229 by way of
Th-229 of 7300 years to Ac-225). Where the product grows in such ways alone (Ra-226(g,n)Ra-225->Ac-225) they
count, for there is nothing else to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from becq.physics import decay_data
from becq.physics.accelerator.reactions import Reaction
from becq.physics.chains import chain
from becq.physics.nuclides import nuclide

Identity = tuple[int, int]
"""Z and A of a residual."""
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Contributions:
    """How residuals count.

    :ivar weights: decays of the product per nucleus, in the order of the residuals; 0 if it does not count.
    :ivar slow: by place, decays of the product per nucleus that come through nuclides which outlive it, and
        the one of these that lives longest.
    :ivar grown: whether the product grows in such ways alone, which then count.
    """

    weights: tuple[float, ...]
    slow: Mapping[int, tuple[float, str]]
    grown: bool

    def outliving(self, rates: Mapping[int, float], least: float) -> tuple[str, ...]:
        """Nuclides that outlive the product and feed it with more than a rate.

        :param rates: nuclei per second (and ampere) by place. :param least: decays of the product likewise.
        """
        found = (name for i, (weight, name) in self.slow.items() if rates[i] * weight > least)
        return tuple(dict.fromkeys(found))


def contributions(route: Reaction, residuals: Sequence[tuple[str, Identity]]) -> Contributions:
    """How the residuals of a target count in the yields of the product of a route.

    :param residuals: of each the nuclide that it counts as, and its Z and A. With explicit ejectiles only
        those with the product's Z and A count, with open ones all.
    """
    product = nuclide(route.product)
    soon: list[float] = []
    slow: dict[int, tuple[float, str]] = {}
    for place, (name, identity) in enumerate(residuals):
        possible = route.cumulative or identity == (product.z, product.a)
        soon.append(_soon(name, route.product) if possible else 0.0)
        later = _passages(name, route.product) - soon[-1] if possible else 0.0
        if later > _ROUNDING:
            slow[place] = later, _outliving(name, route.product)
    if any(soon) or not slow:
        return Contributions(tuple(soon), slow, False)
    return Contributions(tuple(slow.get(i, (0.0, ""))[0] for i in range(len(soon))), slow, True)


def outliving_note(product: str, name: str, *, grown: bool) -> str:
    """What a result says of a precursor that outlives the product."""
    if grown:
        return (
            f"{product} grows from {name}, which outlives it: the yields are those of an endless run, "
            "a short one gives less"
        )
    return (
        f"{name} outlives {product} and decays to it: it is in the activities as far as it has decayed, "
        "not in the yields"
    )


@lru_cache(maxsize=8192)
def _soon(name: str, product: str) -> float:
    """Decays of the product per nucleus, through nuclides that live shorter than the product only."""
    if name == product:
        return 1.0
    if not decay_data.known(name) or decay_data.record(name).stable:
        return 0.0
    if decay_data.half_life_s(name) >= decay_data.half_life_s(product):
        return 0.0
    return sum(
        branch.fraction * _soon(branch.daughter, product) for branch in decay_data.record(name).branches
    )


@lru_cache(maxsize=8192)
def _passages(name: str, product: str) -> float:
    """Decays of the product per nucleus of a nuclide in the long run."""
    if name == product:
        return 1.0
    if not decay_data.known(name) or decay_data.record(name).stable:
        return 0.0
    whole = chain(name)
    if product not in whole.members:
        return 0.0
    return float(whole.passages[whole.members.index(product), whole.members.index(name)])


@lru_cache(maxsize=8192)
def _outliving(name: str, product: str) -> str:
    """The nuclide of a chain that lives longest of those before the product."""
    before = [m for m in chain(name).members if product in decay_data.descendants((m,)) and m != product]
    return max(before, key=decay_data.half_life_s)


def parent_element(product: str, parts: Mapping[str, float]) -> str | None:
    """The element that most of a product grows from, if it is another than its own.

    :param parts: shares of the yield of the product by the nuclide that the reaction makes.
    """
    sums: dict[str, float] = {}
    for name, part in parts.items():
        element = name.partition("-")[0]
        sums[element] = sums.get(element, 0.0) + part
    most = max(sums, key=lambda element: sums[element], default=None)
    return None if most is None or most == product.partition("-")[0] else most


def parent_note(product: str, parent: str) -> str:
    """That what was made directly can be left behind with the target."""
    return (
        f"{product} grows mostly from {parent}: where {parent} is taken out first, isotopes of "
        f"{product.partition('-')[0]} made directly stay behind, so no specific activity is given"
    )
