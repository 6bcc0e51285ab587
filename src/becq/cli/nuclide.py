"""``becq nuclide``: what a nuclide is called and how it decays."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from becq.physics import decay_data
from becq.physics.nuclides import Nuclide, parse_nuclide
from becq.physics.quantities import format_duration


def nuclide(
    name: Annotated[
        str, typer.Argument(help="In any spelling: Lu-177, 177Lu, 镥-177, 镥[177Lu], lutetium-177.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Names, half-life and decay of a nuclide."""
    found = parse_nuclide(name)
    if as_json:
        typer.echo(json.dumps(description(found), ensure_ascii=False, indent=2))
    else:
        typer.echo("\n".join(_lines(found)))


def description(found: Nuclide) -> dict[str, Any]:
    """A nuclide as a JSON-ready dictionary; ``half_life_s`` is None if it is stable."""
    return {
        "nuclide": found.name,
        "symbol": found.symbol,
        "z": found.z,
        "a": found.a,
        "state": found.state,
        "markup": found.isotope_markup,
        "name_zh": found.name_zh,
        "name_zh_hant": found.name_zh_hant,
        "name_en": found.name_en,
        "stable": found.stable,
        "half_life": found.half_life_text,
        "half_life_s": None if found.stable else found.half_life_s,
        "decay_const_per_s": found.decay_const,
        "decays": [
            {"mode": b.mode, "fraction": b.fraction, "progeny": b.daughter or None} for b in _branches(found)
        ],
        "source": _source(found),
    }


def _branches(found: Nuclide) -> tuple[decay_data.Branch, ...]:
    return decay_data.record(found.name).branches if decay_data.known(found.name) else ()


def _source(found: Nuclide) -> str:
    return decay_data.SOURCE if decay_data.known(found.name) else "IUPAC isotopic compositions (2013)"


def _lines(found: Nuclide) -> list[str]:
    lines = [
        f"{found.name}  {found.isotope_markup}",
        f"  Chinese    {found.name_zh} ({found.name_zh_hant})",
        f"  English    {found.name_en}",
        f"  Half-life  {found.half_life_text}" + ("" if found.stable else f" ({found.half_life_s:.7g} s)"),
    ]
    for i, branch in enumerate(_branches(found)):
        label = "Decay" if i == 0 else ""
        lines.append(f"  {label:<9}  {branch.mode:<8} {branch.fraction:>9.4%}  {_progeny(branch.daughter)}")
    return [*lines, f"  Source     {_source(found)}"]


def _progeny(name: str) -> str:
    if not name:
        return "fission products"
    return f"→ {name} ({format_duration(decay_data.half_life_s(name))})"
