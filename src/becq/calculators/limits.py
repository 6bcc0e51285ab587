"""What keeps a dose rate below a limit: thicknesses of materials, and whether there is room for them."""

from __future__ import annotations

from typing import Any

from becq.calculators.calculator import beside
from becq.calculators.point_source import DoseRateInputs, fits, room_m
from becq.calculators.result import Column, Figure, Grid
from becq.calculators.shields import MATERIALS
from becq.calculators.showing import show
from becq.calculators.words import NOTHING, Words
from becq.errors import ProblemsError
from becq.physics.radiation import dose_rate as physics

PHOTONS_ONLY = Words(" (photons only)", "（仅光子）")
COMPARED = ("lead", "tungsten", "iron", "water")
_NONE_NEEDED = Words("none needed", "无需")


def thicknesses(inputs: DoseRateInputs) -> dict[str, float | None]:
    """By material; None where no thickness that makes sense meets the limit."""
    found: dict[str, float | None] = {}
    for name in dict.fromkeys((inputs.material, *COMPARED)):
        try:
            with beside("material"):
                found[name] = physics.thickness_for(
                    inputs.nuclide,
                    inputs.activity_bq,
                    inputs.distance_m,
                    name,
                    inputs.limit_sv_h or 0.0,
                    layers=inputs.layers,
                    age_s=inputs.age_s,
                    absorber=inputs.absorber,
                )
        except ProblemsError:
            if name == inputs.material:
                raise
            found[name] = None
    return found


def needed_figure(inputs: DoseRateInputs, needed: dict[str, float | None], data: dict[str, Any]) -> Figure:
    """The thickness of the material asked for; none where there is no room for it."""
    what = MATERIALS[inputs.material]
    part = NOTHING if data["complete"] else PHOTONS_ONLY
    label = Words(f"More {what.en} for the limit{part.en}", f"达到限值尚需{what.zh}{part.zh}")
    thickness = needed[inputs.material]
    if not thickness:
        return Figure(label, _NONE_NEEDED if data["complete"] else None, "length")
    if not fits(inputs, thickness):
        room = show(data["room_m"], "length")
        return Figure(label, None, "length", note=Words(f"does not fit into {room}", f"{room} 内放不下"))
    return Figure(label, thickness, "length", note=Words("outside of the shield", "加于现有屏蔽之外"))


def needed_table(inputs: DoseRateInputs, needed: dict[str, float | None], complete: bool) -> Grid:
    """The thickness of each material, marked where there is no room for it."""
    columns = (
        Column(Words("Material", "材料"), "words"),
        Column(Words("Thickness", "厚度"), "length"),
    )
    rows = tuple((MATERIALS[name], _thickness(inputs, thickness)) for name, thickness in needed.items())
    part = PHOTONS_ONLY if not complete else NOTHING
    title = Words(f"Needed for the limit{part.en}", f"达到限值所需厚度{part.zh}")
    return Grid("needed", title, columns, rows)


def _thickness(inputs: DoseRateInputs, thickness_m: float | None) -> float | Words | None:
    if thickness_m is None or (thickness_m and fits(inputs, thickness_m)):
        return thickness_m
    if not thickness_m:
        return _NONE_NEEDED
    shown = show(thickness_m, "length")
    return Words(f"{shown} (does not fit)", f"{shown}（放不下）")


def about_room(inputs: DoseRateInputs, thickness_m: float, away_m: float) -> Words:
    """Where a thickness has no room, from which distance the limit is kept as it is."""
    what = MATERIALS[inputs.material]
    thick, room, away = (show(x, "length") for x in (thickness_m, room_m(inputs), away_m))
    return Words(
        f"{thick} of {what.en} do not fit into the {room} up to the point; "
        f"as it is, the limit is kept from {away} on",
        f"到该点仅余 {room}，放不下 {thick} 的{what.zh}；按现有屏蔽，距离 {away} 以外满足限值",
    )
