"""Shields as people write them: materials by name, symbol or Chinese, layers in either order."""

from __future__ import annotations

import re
from collections.abc import Iterable

from becq.calculators.words import Words
from becq.errors import InputError
from becq.physics.measures import LENGTH
from becq.physics.quantities import parse_length
from becq.physics.radiation import materials
from becq.physics.radiation.bremsstrahlung import absorbers
from becq.physics.units import plain

MATERIALS = {
    "lead": Words("lead", "铅"),
    "tungsten": Words("tungsten", "钨"),
    "iron": Words("iron or steel", "铁（钢）"),
    "copper": Words("copper", "铜"),
    "aluminium": Words("aluminium", "铝"),
    "concrete": Words("concrete", "混凝土"),
    "water": Words("water", "水"),
    "pmma": Words("acrylic glass", "有机玻璃"),
    "lead-glass": Words("lead glass", "铅玻璃"),
    "borosilicate-glass": Words("glass", "玻璃"),
    "tissue": Words("tissue", "组织"),
    "air": Words("air", "空气"),
}
_NAMES = {
    "铅": "lead", "pb": "lead",
    "钨": "tungsten", "w": "tungsten", "wolfram": "tungsten",
    "铁": "iron", "钢": "iron", "铁(钢)": "iron", "钢铁": "iron", "碳钢": "iron", "不锈钢": "iron",
    "fe": "iron",
    "stainless steel": "iron", "stainless-steel": "iron", "carbon steel": "iron", "iron or steel": "iron",
    "铜": "copper", "cu": "copper",
    "铝": "aluminium", "al": "aluminium",
    "混凝土": "concrete", "水泥": "concrete",
    "水": "water", "h2o": "water",
    "有机玻璃": "pmma", "亚克力": "pmma", "plexiglass": "pmma", "perspex": "pmma", "lucite": "pmma",
    "acrylic glass": "pmma",
    "铅玻璃": "lead-glass",
    "玻璃": "borosilicate-glass",
    "组织": "tissue", "软组织": "tissue",
    "空气": "air",
}  # fmt: skip
_UNIT = "|".join(sorted((re.escape(unit) for unit in LENGTH.units), key=len, reverse=True))
_LENGTH = rf"[+-]?[\d.]+(?:e[+-]?\d+)?\s*(?:{_UNIT})"
_THICKNESS_FIRST = re.compile(
    rf"(?P<length>{_LENGTH})(?:\s*[:=]\s*|\s+of\s+|\s+|(?=[^\x00-\x7f]))(?P<name>\D.*)"
)
_NAME_FIRST = re.compile(rf"(?P<name>\S.*?)\s*(?:[:=]\s*(?P<said>.+)|(?P<length>{_LENGTH}))")

Layers = tuple[tuple[str, float], ...]


def material(text: str) -> str:
    """A shield material by name, symbol or Chinese. Raises InputError with all names in both languages."""
    name = " ".join(plain(text).lower().split())
    try:
        return materials.material(_NAMES.get(name, name)).name
    except InputError:
        raise InputError(f'"{text.strip()}" is not a shield material; use {_listed(MATERIALS)}') from None


def _listed(names: Iterable[str]) -> str:
    """Materials in both languages, "lead 铅, tungsten 钨"."""
    return ", ".join(f"{name} {MATERIALS[name].zh}" for name in names)


def absorber(text: str) -> str:
    """What stops the beta particles: a material with bremsstrahlung yields."""
    name = material(text)
    if name not in absorbers():
        raise InputError(f'"{text.strip()}" is not a choice; use {_listed(absorbers())}')
    return name


def shield(text: str) -> Layers:
    """Layers from the source outwards, "lead:3mm, 5 cm water" or "3毫米铅、水:5cm".

    Layers of no thickness are left out, neighbours of one material become one.

    :raises InputError: for an unknown material, or a part without material or thickness.
    """
    layers: list[tuple[str, float]] = []
    for part in re.split(r"[,;、+]", plain(text)):
        if not part.strip():
            continue
        name, thickness_m = _layer(part.strip())
        if layers and layers[-1][0] == name:
            layers[-1] = (name, layers[-1][1] + thickness_m)
        elif thickness_m > 0:
            layers.append((name, thickness_m))
    return tuple(layers)


def _layer(part: str) -> tuple[str, float]:
    found = _THICKNESS_FIRST.fullmatch(part) or _NAME_FIRST.fullmatch(part)
    if found is None:
        raise InputError(f'"{part}" is not a layer; write for example lead:3mm,water:5cm')
    length = found["length"] or found["said"]
    return material(found["name"]), parse_length(length)


def named(layers: Layers) -> Words:
    """The materials of a shield in a row: "lead, water and lead"."""
    *most, last = (MATERIALS[name] for name, _ in layers)
    en = ", ".join(words.en for words in most)
    return Words(f"{en} and {last.en}" if most else last.en, "、".join(w.zh for w in [*most, last]))
