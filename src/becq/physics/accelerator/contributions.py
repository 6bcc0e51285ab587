"""Which residuals count in the yield of a product, and how much.

The activity of a product at the end of bombardment comes from the nuclei of it that the beam makes and from
those of precursors that have decayed by then. The saturation yield and the physical yield are numbers for
one nuclide, so they count the product itself and the precursors that live shorter than it (Otuka & Takacs
2015, Radiochim. Acta 103, 1: "cumulative" yields are those after complete decay of precursors that live much
shorter). A precursor that outlives the product (Re-186m of 200 000 years beside Re-186, Sc-44m beside Sc-44,
Mo-99 beside Tc-99m) feeds it when both are long out of the target: it is in the activities, as far as it has
decayed, and not in the yields. Where the product grows from such precursors alone (Ra-226(g,n)Ra-225->Ac-225)
they count, for there is nothing else to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from becq.physics import decay_data
from becq.physics.accelerator.reactions import Reaction
from becq.physics.chains import chain
from becq.physics.nuclides import nuclide

Identity = tuple[int, int]
"""Z and A of a residual."""


@dataclass(frozen=True, slots=True)
class Contributions:
    """How residuals count.

    :ivar weights: decays of the product per nucleus, in the order of the residuals; 0 if it does not
        count.
    :ivar outliving: places of the precursors that outlive the product.
    :ivar grown: whether the product grows from such precursors alone, which then count.
    """

    weights: tuple[float, ...]
    outliving: tuple[int, ...]
    grown: bool


def contributions(route: Reaction, residuals: Sequence[tuple[str, Identity]]) -> Contributions:
    """How the residuals of a target count in the yields of the product of a route.

    :param residuals: of each the nuclide that it counts as, and its Z and A. With explicit ejectiles only
        those with the product's Z and A count, with open ones all.
    """
    product = nuclide(route.product)
    life = decay_data.half_life_s(route.product)
    weights: list[float] = []
    outliving: list[int] = []
    for place, (name, identity) in enumerate(residuals):
        possible = route.cumulative or identity == (product.z, product.a)
        weight = _passages(name, route.product) if possible else 0.0
        weights.append(weight)
        if weight > 0 and name != route.product and decay_data.half_life_s(name) >= life:
            outliving.append(place)
    if len(outliving) == sum(weight > 0 for weight in weights):
        return Contributions(tuple(weights), tuple(outliving), bool(outliving))
    for place in outliving:
        weights[place] = 0.0
    return Contributions(tuple(weights), tuple(outliving), False)


def outliving_note(product: str, names: Sequence[str], *, grown: bool) -> str:
    """What a result says of precursors that outlive the product."""
    listed = ", ".join(dict.fromkeys(names))
    if grown:
        return (
            f"{product} grows from {listed}, which outlives it: the yields are those of an endless run, "
            "a short one gives less"
        )
    return (
        f"{listed} outlives {product} and decays to it: it is in the activities as far as it has decayed, "
        "not in the yields"
    )


@lru_cache(maxsize=4096)
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
