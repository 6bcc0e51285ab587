"""Quantities as people write them: the one place where units are parsed and printed.

Inside the core an activity is in Bq, a duration in s, a particle energy in MeV, a current in A, a mass in g,
a power in W, a length in m, a neutron flux in cm⁻² s⁻¹, a dose rate in Sv/h and a share a fraction of one;
their tables of units are in :mod:`becq.physics.measures`. One curie is 3.7e10 Bq exactly (BIPM SI Brochure,
8th ed., table 8). The prefix case is significant, since mBq and MBq differ by 1e9: "5 mbq" is an error that
says what is right, while "5 gbq" has only one reading. The rare twins mBq and MCi themselves are taken for
slips of MBq and mCi; a trailing "!" insists on them.

The six-day curie is how Mo-99 is sold: the activity left six days after it leaves the producer (National
Research Council 2009, Medical Isotope Production Without Highly Enriched Uranium, Appendix G), so N
six-day Ci are N·2^(6 d/T½) Ci at release. They say nothing of any other nuclide, and are refused unless the
caller knows that it is Mo-99.
"""

from __future__ import annotations

import math
import re
from datetime import datetime

from becq.errors import InputError
from becq.physics import decay_data, measures
from becq.physics.units import NUMBER as _NUMBER
from becq.physics.units import plain as _plain
from becq.physics.units import scientific as _scientific
from becq.physics.units import significant as _significant

CI_BQ = 3.7e10

_PREFIX = {
    "p": 1e-12,
    "n": 1e-9,
    "u": 1e-6,
    "m": 1e-3,
    "": 1.0,
    "k": 1e3,
    "M": 1e6,
    "G": 1e9,
    "T": 1e12,
    "P": 1e15,
}
_ACTIVITY = {p + "Bq": f for p, f in _PREFIX.items()} | {
    p + "Ci": f * CI_BQ for p, f in _PREFIX.items() if p in {"p", "n", "u", "m", "", "k", "M"}
}
_RARE = {"mBq": "MBq", "MCi": "mCi"}
_ZH_PREFIX = {
    "": "",
    "皮": "p",
    "纳": "n",
    "奈": "n",
    "微": "u",
    "毫": "m",
    "千": "k",
    "兆": "M",
    "百万": "M",
}
_ZH_PREFIX |= {"百萬": "M", "吉": "G", "吉咖": "G", "太": "T", "太拉": "T", "拍": "P", "納": "n"}
_ZH_BASE = {
    "贝可": "Bq",
    "贝克": "Bq",
    "贝可勒尔": "Bq",
    "貝可": "Bq",
    "貝克": "Bq",
    "貝克勒": "Bq",
    "居里": "Ci",
    "居": "Ci",
}
_ZH_ACTIVITY = {zp + zb: p + b for zp, p in _ZH_PREFIX.items() for zb, b in _ZH_BASE.items()}
_WORDS = {"becquerel": "Bq", "becquerels": "Bq", "curie": "Ci", "curies": "Ci"}
_WORD_PREFIX = {"": "", "kilo": "k", "mega": "M", "giga": "G", "tera": "T", "peta": "P"}
_WORD_PREFIX |= {"milli": "m", "micro": "u", "nano": "n", "pico": "p"}
_EN_ACTIVITY = {wp + w: p + b for wp, p in _WORD_PREFIX.items() for w, b in _WORDS.items()}

_ACTIVITY_TEXT = re.compile(rf"(?P<number>{_NUMBER})\s*(?P<unit>.*)")
_SIX_DAY = re.compile(r"(?:6|six|六)[\s-]*(?:days?|d|天|日)[\s-]*(?P<unit>.+)", re.IGNORECASE)

_TIME = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "秒"), 1.0),
    **dict.fromkeys(("ms", "毫秒"), 1e-3),
    **dict.fromkeys(("us", "微秒"), 1e-6),
    **dict.fromkeys(("ns", "纳秒"), 1e-9),
    **dict.fromkeys(("min", "mins", "minute", "minutes", "分", "分钟", "分鐘"), 60.0),
    **dict.fromkeys(
        ("h", "hr", "hrs", "hour", "hours", "小时", "小時", "时", "時", "个小时", "個小時"), 3600.0
    ),
    **dict.fromkeys(("d", "day", "days", "天", "日"), 86400.0),
    **dict.fromkeys(("w", "wk", "week", "weeks", "周", "週", "星期", "个星期", "個星期"), 604800.0),
    **dict.fromkeys(("y", "yr", "yrs", "a", "year", "years", "年"), decay_data.YEAR_S),
}
_TIME_PART = re.compile(r"\s*(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)\s*(?P<unit>[^\W\d]+)\s*,?")
_CLOCK = re.compile(r"(\d+):([0-5]\d)(?::([0-5]\d))?")

_LOST_PLUS = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)? \d\d:?\d\d")
"""A moment whose "+" an address has turned into a space."""


def parse_activity(text: str, *, allow_bare: bool = False, nuclide: str = "") -> float:
    """Activity in Bq from "7.4GBq", "200 mCi", "2 吉贝可"; of Mo-99 also "5 six-day Ci" (6-day Ci, 六天居里).

    A six-day unit gives the activity *at release*, six days before it is that many curies.

    :param allow_bare: take a number without a unit for Bq.
    :param nuclide: canonical name of what the activity is of, where known; "Mo-99" allows six-day units.
    :raises InputError: for an unknown or ambiguous unit, a missing one, a six-day unit of anything but
        Mo-99, or a negative or absurd number.
    """
    shown = text.strip()
    plain = _plain(shown)
    insists = plain.endswith("!")
    plain = plain.rstrip("! ")
    match = _ACTIVITY_TEXT.fullmatch(plain)
    if match is None or not re.search(r"\d", match["number"]):
        raise InputError(f'"{shown}" is not an activity: write a number and a unit, like 7.4 GBq or 200 mCi')
    value = float(match["number"].replace(",", ""))
    if value < 0 or not math.isfinite(value):
        raise InputError(f'"{shown}": an activity is a finite number, not below zero')
    unit = match["unit"].strip()
    if not unit:
        if allow_bare:
            return value
        raise InputError(
            f'"{shown}" has no unit: write for example {match["number"]} MBq or {match["number"]} mCi'
        )
    six_day = _SIX_DAY.fullmatch(unit)
    if six_day is not None:
        factor = _activity_factor(six_day["unit"].strip(), shown, insists)
        if nuclide != "Mo-99":
            raise InputError(
                f'"{shown}": six-day curies are defined for Mo-99 as it leaves the processing plant'
                f"{f', not for {nuclide}' if nuclide else ''}; "
                "write the activity at its reference time, in Ci or Bq"
            )
        return activity_from_six_day(value * factor)
    return value * _activity_factor(unit, shown, insists)


def format_activity(bq: float, system: str = "SI", digits: int = 3) -> str:
    """Activity with ``digits`` significant figures and the prefix that fits: "7.40 GBq", "200 mCi".

    :param system: "SI" for Bq or "Ci" for curies.
    :raises InputError: for another system or less than one digit.
    """
    if system not in {"SI", "Ci"}:
        raise InputError(f'"{system}" is not a unit system: SI (Bq) or Ci')
    if digits < 1:
        raise InputError("An activity needs at least one significant figure")
    unit, value = ("Bq", float(bq)) if system == "SI" else ("Ci", float(bq) / CI_BQ)
    if not math.isfinite(value):
        return f"{value} {unit}"
    rounded = float(f"{value:.{digits - 1}e}")
    prefixes = "kMGTP" if system == "SI" else "pnumk"
    steps = sorted([(f, p) for p, f in _PREFIX.items() if p == "" or p in prefixes])
    factor, prefix = steps[0]
    for candidate, name in steps:
        if abs(rounded) >= candidate * (1 - 1e-12):
            factor, prefix = candidate, name
    if value == 0:
        factor, prefix = 1.0, ""
    return f"{_significant(value / factor, digits)} {'µ' if prefix == 'u' else prefix}{unit}"


def six_day_factor(days: float = 6.0) -> float:
    """Share of the Mo-99 activity left after ``days``; 0.2202 for six with T½ = 65.94 h (ICRP-107)."""
    return math.exp(-decay_data.decay_const("Mo-99") * days * 86400.0)


def activity_from_six_day(six_day_bq: float) -> float:
    """Mo-99 activity in Bq at release that will be ``six_day_bq`` Bq six days later."""
    return six_day_bq / six_day_factor()


def six_day_curie(activity_bq: float) -> float:
    """Six-day curies of Mo-99 whose activity at release is ``activity_bq`` Bq."""
    return activity_bq * six_day_factor() / CI_BQ


def parse_duration(text: str, *, allow_bare: bool = False) -> float:
    """Duration in s from "10d", "2 h 15 min", "66 h", "3天", "1天6小时", "2:15" (h:min), "-1 d".

    :param allow_bare: take a number without a unit for seconds; zero needs no unit anyway.
    :raises InputError: for an unknown or missing unit ("m" is ambiguous: min or months).
    """
    shown = text.strip()
    plain = _plain(shown)
    sign = -1.0 if plain.startswith("-") else 1.0
    plain = plain.lstrip("+-").strip()
    clock = _CLOCK.fullmatch(plain)
    if clock is not None:
        return sign * (int(clock[1]) * 3600.0 + int(clock[2]) * 60.0 + int(clock[3] or 0))
    if re.fullmatch(_NUMBER, plain) and re.search(r"\d", plain):
        value = float(plain.replace(",", ""))
        if allow_bare or value == 0:
            return sign * value
        raise InputError(f'"{shown}" has no unit: write for example {plain} h or {plain} d')
    total, at = 0.0, 0
    while at < len(plain):
        part = _TIME_PART.match(plain, at)
        if part is None:
            raise InputError(f'"{shown}" is not a duration: write for example 10 d, 2 h 15 min or 3天')
        total += float(part["number"]) * _time_factor(part["unit"], shown)
        at = part.end()
    if not plain or not math.isfinite(total):
        raise InputError(f'"{shown}" is not a duration: write for example 10 d, 2 h 15 min or 3天')
    return sign * total


def format_duration(seconds: float) -> str:
    """Duration in the two units that matter: "2 h 15 min", "10 d", "4.20 s", "1.91×10¹⁹ y"."""
    if not math.isfinite(seconds):
        return "stable" if seconds > 0 else str(seconds)
    sign, s = ("-" if seconds < 0 else ""), abs(seconds)
    if s == 0:
        return "0 s"
    if s < 59.95:
        factor, unit = next(
            (f, u) for f, u in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (0.0, "ns")) if s >= f
        )
        value = s / (factor or 1e-9)
        return (
            f"{sign}{value:g} {unit}" if value == round(value) else f"{sign}{_significant(value, 3)} {unit}"
        )
    if s >= 2 * decay_data.YEAR_S:
        return f"{sign}{_years(s / decay_data.YEAR_S)} y"
    for big, small, big_name, small_name in (
        (86400, 3600, "d", "h"),
        (3600, 60, "h", "min"),
        (60, 1, "min", "s"),
    ):
        whole = round(s / small)
        if s >= big or whole * small >= big:
            major, minor = divmod(whole * small, big)
            rest = f" {minor // small} {small_name}" if minor else ""
            return f"{sign}{major} {big_name}{rest}"
    return f"{sign}1 min"  # 59.95 s to 60 s


def format_half_life(seconds: float, digits: int = 4) -> str:
    """Half-life as one number to compute with: "8.020 d", "109.8 min", "65.94 h", "1600 y"; "stable"."""
    if not math.isfinite(seconds):
        return "stable"
    for unit, size, least in (
        ("y", decay_data.YEAR_S, 2.0),
        ("d", 86400.0, 3.0),  # hours up to three days: 65.94 h, 64.10 h
        ("h", 3600.0, 2.0),
        ("min", 60.0, 2.0),
        ("s", 1.0, 1.0),
        ("ms", 1e-3, 1.0),
        ("µs", 1e-6, 1.0),
    ):
        if seconds >= least * size:
            return f"{_significant(seconds / size, digits)} {unit}"
    return f"{_significant(seconds / 1e-9, digits)} ns"


def parse_energy(text: str) -> float:
    """Particle energy in MeV from "12MeV", "600 keV", "0.03 GeV", "12 兆电子伏". Raises InputError."""
    return measures.ENERGY.parse(text)


def format_energy(mev: float, digits: int = 3) -> str:
    """Particle energy: "12.0 MeV", "511 keV"."""
    return measures.ENERGY.format(mev, digits)


def parse_current(text: str) -> float:
    """Beam current in A from "50uA", "0.4 mA", "50微安". Raises InputError."""
    return measures.CURRENT.parse(text)


def format_current(a: float, digits: int = 3) -> str:
    """Beam current: "50.0 µA"."""
    return measures.CURRENT.format(a, digits)


def parse_mass(text: str) -> float:
    """Mass in g from "10mg", "2.5 g", "10毫克". Raises InputError."""
    return measures.MASS.parse(text)


def format_mass(g: float, digits: int = 3) -> str:
    """Mass: "10.0 mg"."""
    return measures.MASS.format(g, digits)


def parse_power(text: str) -> float:
    """Power in W from "200kW", "20 MW", "200千瓦". Raises InputError."""
    return measures.POWER.parse(text)


def format_power(w: float, digits: int = 3) -> str:
    """Power: "200 kW"."""
    return measures.POWER.format(w, digits)


def parse_length(text: str) -> float:
    """Length or thickness in m from "3mm", "1 m", "5厘米". Raises InputError."""
    return measures.LENGTH.parse(text)


def format_length(m: float, digits: int = 3) -> str:
    """Length: "3.00 mm"."""
    return measures.LENGTH.format(m, digits)


def parse_areal_density(text: str) -> float:
    """Thickness as mass per area in g/cm² from "10 g/cm2", "250 mg/cm²", "5 kg/m²". Raises InputError."""
    return measures.AREAL_DENSITY.parse(text)


def format_areal_density(g_cm2: float, digits: int = 3) -> str:
    """Thickness as mass per area: "254 mg/cm²"."""
    return measures.AREAL_DENSITY.format(g_cm2, digits)


def parse_density(text: str) -> float:
    """Density in g/cm³ from "9.2 g/cm3", "7870 kg/m³". Raises InputError."""
    return measures.DENSITY.parse(text)


def parse_flux(text: str) -> float:
    """Neutron flux in cm⁻² s⁻¹ from "2e14", "2×10¹⁴ n/cm²/s", "2e18 m-2 s-1". Raises InputError."""
    return measures.FLUX.parse(text)


def format_flux(cm2_s: float, digits: int = 3) -> str:
    """Neutron flux: "2.00×10¹⁴ cm⁻² s⁻¹"."""
    return measures.FLUX.format(cm2_s, digits)


def parse_dose_rate(text: str) -> float:
    """Dose rate in Sv/h from "25 uSv/h", "2 mrem/h", "25微希/时". Raises InputError."""
    return measures.DOSE_RATE.parse(text)


def format_dose_rate(sv_h: float, digits: int = 3) -> str:
    """Dose rate: "25.0 µSv/h"."""
    return measures.DOSE_RATE.format(sv_h, digits)


def parse_fraction(text: str) -> float:
    """Share of one from "0.8", "80%", "百分之80". Raises InputError where it is not from 0 to 1."""
    shown = text.strip()
    value = measures.FRACTION.parse(re.sub(r"^\s*百分之(.*)$", r"\1%", text))
    if value > 1:
        raise InputError(f'"{shown}" is more than the whole; write for example 0.8 or 80%')
    return value


def format_fraction(share: float, digits: int = 3) -> str:
    """Share as a percentage: "98.0 %"."""
    return f"{_significant(100 * share, digits)} %"


def parse_layers(text: str) -> tuple[tuple[str, float], ...]:
    """Layers of a shield from "lead:3mm,water:5cm" or "铅:3毫米，水:5厘米": (material as written, m) each.

    :raises InputError: if a layer has no material or no thickness.
    """
    layers = []
    for part in re.split(r"[,;、]", _plain(text)):
        if not part.strip():
            continue
        material, _, thickness = part.partition(":")
        if not material.strip() or not thickness.strip():
            raise InputError(f'"{part.strip()}" is not a layer; write for example lead:3mm,water:5cm')
        layers.append((material.strip().lower(), parse_length(thickness)))
    return tuple(layers)


def parse_clock_times(text: str) -> tuple[float, ...]:
    """Times of day in s after midnight, ascending, from "08:00,13:00" or "8:00 13:30".

    :raises InputError: for anything else, a time of 24:00 or later, or one given twice.
    """
    found = []
    for part in re.split(r"[,;、\s]+", _plain(text)):
        if not part:
            continue
        clock = _CLOCK.fullmatch(part)
        if clock is None or int(clock[1]) > 23:
            raise InputError(f'"{part}" is not a time of day; write for example 08:00,13:00')
        found.append(int(clock[1]) * 3600.0 + int(clock[2]) * 60.0 + int(clock[3] or 0))
    if not found or len(set(found)) < len(found):
        raise InputError(f'"{text.strip()}" is not a list of times of day; write for example 08:00,13:00')
    return tuple(sorted(found))


def parse_instant(text: str) -> datetime:
    """Date and time from "2026-12-07T08:00", "2026-12-07 08:00+08:00"; aware only where an offset is given.

    :raises InputError: for anything else, or a day alone.
    """
    words = _plain(text).replace("/", "-")
    try:
        moment = datetime.fromisoformat(words.replace(" ", "T", 1))
    except ValueError:
        moment = None
    if moment is None and _LOST_PLUS.fullmatch(words):
        meant = "+".join(words.rsplit(" ", 1))
        raise InputError(
            f'"{text.strip()}" is not a date and time; did you mean {meant}? In an address + is written %2B'
        )
    if moment is None or not re.search(r"\d[T ]\d", words):
        raise InputError(f'"{text.strip()}" is not a date and time; write for example 2026-12-07T08:00')
    return moment


def _activity_factor(unit: str, shown: str, insists: bool) -> float:
    name = unit if unit in _ACTIVITY else _ZH_ACTIVITY.get(unit) or _EN_ACTIVITY.get(unit.lower())
    if name is None:
        same = [u for u in _ACTIVITY if u.lower() == unit.lower()]
        if not same:
            raise InputError(
                f'"{shown}": unknown activity unit "{unit}"; use Bq, kBq, MBq, GBq, TBq, Ci, mCi or µCi'
            )
        if len(same) > 1:
            meanings = " or ".join(f"{u} ({_size(u)})" for u in same)
            raise InputError(f'"{shown}": "{unit}" could be {meanings}; write the unit in the right case')
        name = same[0]
    if name in _RARE and not insists:
        raise InputError(
            f'"{shown}" is in {name} ({_size(name)}); did you mean {_RARE[name]}? Write "{shown}!" to insist'
        )
    return _ACTIVITY[name]


def _size(unit: str) -> str:
    """The size of a unit of activity, for people: "0.001 Bq", "10⁶ Bq"."""
    size = _ACTIVITY[unit]
    return f"{size:g} Bq" if 1e-3 <= size < 1e4 else f"{_scientific(size, 3)} Bq".replace("1.00×", "")


def _years(years: float) -> str:
    """Three figures at least: "2.60", "1600", "1.91×10¹⁹"; whole years without decimals."""
    rounded = float(f"{years:.3g}")
    if rounded >= 1e6:
        return _scientific(years, 3)
    return f"{rounded:g}" if rounded < 1e3 else f"{years:.0f}"


def _time_factor(unit: str, shown: str) -> float:
    if unit in _TIME:
        return _TIME[unit]
    if unit.lower() == "m":
        raise InputError(f'"{shown}": "{unit}" could be minutes or months; write min, or days')
    if unit.lower() in _TIME and unit.lower() != "ms":
        return _TIME[unit.lower()]
    raise InputError(f'"{shown}": unknown time unit "{unit}"; use s, min, h, d, w or y')
