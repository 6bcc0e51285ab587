"""Formulas as people write them: what is read, and what is refused because it would be misread."""

import pytest

from becq.errors import InputError
from becq.physics.formulas import parse_formula


@pytest.mark.parametrize(
    ("text", "atoms"),
    [
        ("H2O", {("H", None): 2, ("O", None): 1}),
        ("H2O[18]", {("H", None): 2, ("O", 18): 1}),
        ("D2O", {("H", 2): 2, ("O", None): 1}),
        ("C12H22O11", {("C", None): 12, ("H", None): 22, ("O", None): 11}),
        ("C10H16O", {("C", None): 10, ("H", None): 16, ("O", None): 1}),
        ("B10H14", {("B", None): 10, ("H", None): 14}),
        ("Ni0.8Fe0.2", {("Ni", None): 0.8, ("Fe", None): 0.2}),
        ("Zn(NO3)2·6H2O", {("Zn", None): 1, ("N", None): 2, ("O", None): 12, ("H", None): 12}),
        ("LuCl3*6H2O", {("Lu", None): 1, ("Cl", None): 3, ("O", None): 6, ("H", None): 12}),
    ],
)
def test_formulas_are_read(text: str, atoms: dict[tuple[str, int | None], float]) -> None:
    assert {(s, a): n for s, a, n in parse_formula(text)} == pytest.approx(atoms)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("H218O", "O-18"),
        ("H2O18", r"O\[18\]"),
        ("H2 18O", "O-18"),
        ("Te130O2", "Te-130"),
        ("Zn(NO3)2.6H2O", "Zn\\(NO3\\)2·6H2O"),
        ("LuCl3.6H2O", "LuCl3·6H2O"),
        ("Xx3", "not a chemical formula"),
        ("", "not a chemical formula"),
    ],
)
def test_what_would_be_misread_is_refused_with_the_right_spelling(text: str, right: str) -> None:
    with pytest.raises(InputError, match=right):
        parse_formula(text)
