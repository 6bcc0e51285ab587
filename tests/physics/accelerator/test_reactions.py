"""Reactions as people write them: one meaning for all spellings, and balance of charge and mass."""

from __future__ import annotations

from itertools import combinations_with_replacement

import pytest

from becq.errors import InputError
from becq.physics.accelerator import isotopes
from becq.physics.accelerator.reactions import Reaction, count_ejectiles, parse_reaction


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("Ni-64(p,n)Cu-64", "Ni-64(p,n)Cu-64"),
        ("64Ni(p,n)64Cu", "Ni-64(p,n)Cu-64"),
        ("⁶⁴Ni(p,n)⁶⁴Cu", "Ni-64(p,n)Cu-64"),
        (" Ni64 ( p , n ) ", "Ni-64(p,n)Cu-64"),
        ("natGa(p,xn)68Ge", "Ga(p,xn)Ge-68"),
        ("nat-Ga(p,2n)68Ge", "Ga(p,2n)Ge-68"),
        ("Rb(p,xn)Sr-82", "Rb(p,xn)Sr-82"),
        ("natNa(p,x)Ne-19", "Na(p,x)Ne-19"),
        ("Mo-100(g,n)Mo-99", "Mo-100(g,n)Mo-99"),
        ("Mo-100(γ,n)", "Mo-100(g,n)Mo-99"),
        ("Bi-209(a,2n)At-211", "Bi-209(a,2n)At-211"),
        ("Bi-209(α,2n)", "Bi-209(a,2n)At-211"),
        ("Bi-209(4He,2n)At-211", "Bi-209(a,2n)At-211"),
        ("Mo-100(p,2n)Tc-99m", "Mo-100(p,2n)Tc-99m"),
        ("Ra-226(p,2n)Ac-225", "Ra-226(p,2n)Ac-225"),
        ("Zn-70(p,α)Cu-67", "Zn-70(p,a)Cu-67"),
        ("Zn-70(d,αn)Cu-67", "Zn-70(d,an)Cu-67"),
        ("Xe-124(p,x)I-123", "Xe-124(p,x)I-123"),
        ("Xe-124(p,2n)Cs-123->Xe-123->I-123", "Xe-124(p,x)I-123"),
        ("Yb-176(d,p)Yb-177→Lu-177", "Yb-176(d,x)Lu-177"),
    ],
)
def test_every_spelling_is_read(text: str, canonical: str) -> None:
    assert str(parse_reaction(text)) == canonical


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Mo-100(p,n)Tc-99m", r"gives Tc-100; did you mean Mo-100\(p,2n\)Tc-99m"),
        ("Xe-124(p,2n)I-123", r"gives Cs-123, which decays to I-123; write Xe-124\(p,x\)I-123"),
        ("Ni-64(p,n)Zn-65", "1 proton more than Ni-64 and p"),
        ("Ni-64(p,n)Ga-68", "2 protons more"),
        ("Ni-64(p,n)Cu-66", "too heavy"),
        ("natGa(p,xn)Zn-65", r"did you mean Ga\(p,x\)Zn-65"),
        ("Ra(p,2n)Ac-225", "name the isotope, like Ra-226"),
        ("Ni-63(p,n)", "Cu-63 is stable"),
        ("Ni-99(p,n)Cu-64", "Ni has Ni-58, Ni-60"),
        ("Ni-64(z,n)Cu-64", '"z" is no projectile'),
        ("Mo-98(n,g)Mo-99", "use p, d, a .* or g .photon.; neutrons are for a reactor"),
        ("Ni-64(p,n)Cu-65", r"gives Cu-64, and Cu-65 is stable; did you mean Ni-64\(p,n\)Cu-64\?"),
        ("Zn-68(p,n)Ga-69", r"gives Ga-68, and Ga-69 is stable; did you mean Zn-68\(p,n\)Ga-68\?"),
        ("Ni-64(p,n)Cu-64;", '"Cu-64;" is not a nuclide'),
        ("Ni-64(p,q)Cu-64", '"q" are no ejectiles'),
        ("Qq-64(p,n)Cu-64", '"Qq-64" is no target'),
        ("natNi-64(p,n)Cu-64", "either natural"),
        ("Ni-64(p,x)", "names no product"),
        ("Xe-124(p,2n)Cs-123->Cu-64", "Cs-123 does not decay to Cu-64"),
        ("Ni-64 p n Cu-64", "is not a reaction"),
        ("Ni-64(p,n)Cu-640", "Cu-640"),
    ],
)
def test_a_wrong_reaction_says_what_would_be_right(text: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        parse_reaction(text)


@pytest.mark.parametrize(("target", "product"), [("Ni-64", "Cu-64"), ("O-18", "F-18"), ("Y-89", "Zr-89")])
def test_threshold_agrees_with_another_copy_of_the_masses(target: str, product: str) -> None:
    """AME2020 as ``radioactivedecay`` ships it; n − H-1 is 0.782347 MeV (CODATA 2018)."""
    import radioactivedecay

    heavier = radioactivedecay.Nuclide(product).atomic_mass
    mass = radioactivedecay.Nuclide(target).atomic_mass
    q = (mass - heavier) * isotopes.U_MEV - 0.782347
    reaction = parse_reaction(f"{target}(p,n){product}")
    assert reaction.q_value_mev == pytest.approx(q, abs=2e-4)
    nonrelativistic = -q * (mass + 1.00783) / mass
    assert reaction.threshold_mev == pytest.approx(nonrelativistic, rel=1e-4)


def test_an_exoergic_reaction_has_no_threshold() -> None:
    reaction = parse_reaction("Zn-70(p,a)Cu-67")
    assert reaction.threshold_mev == 0.0
    assert reaction.q_value_mev is not None
    assert reaction.q_value_mev > 2.6


@pytest.mark.parametrize("pair", [(2, 5), (3, 6), (2, 9), (4, 12), (1, 5), (3, 9), (0, 3), (5, 11)])
def test_the_cheapest_clusters_are_found(pair: tuple[int, int]) -> None:
    particles = [p for p in isotopes.LIGHT if p != "g"]
    best = min(
        sum(isotopes.mass_u(*isotopes.LIGHT[p]) or 0.0 for p in chosen)
        for n in range(1, pair[1] + 1)
        for chosen in combinations_with_replacement(particles, n)
        if (sum(isotopes.LIGHT[p][0] for p in chosen), sum(isotopes.LIGHT[p][1] for p in chosen)) == pair
    )
    assert isotopes.best_mass_u(*pair) == pytest.approx(best, abs=1e-12)


def test_abundances_sum_to_one() -> None:
    for symbol in ("Ni", "Mo", "Ga", "Xe", "Te", "Rb", "Zn"):
        assert sum(isotopes.natural_abundances(symbol).values()) == pytest.approx(1.0, abs=1e-12)
    assert not isotopes.natural_abundances("Ra")


def test_ejectiles_are_counted() -> None:
    assert count_ejectiles("p2n") == {"p": 1, "n": 2}
    assert count_ejectiles("axn") == {"a": 1}


def test_a_reaction_names_its_parts() -> None:
    reaction = Reaction("Ni-64", "p", "n", "Cu-64")
    assert (reaction.element, reaction.target_a, reaction.cumulative) == ("Ni", 64, False)
    assert Reaction("Ga", "p", "xn", "Ge-68").target_a is None
