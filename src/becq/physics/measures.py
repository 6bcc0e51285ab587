"""The units of each measure: energy, current, mass, power, length, mass per area, flux, dose rate, share.

Sizes are in the unit of the core: MeV, A, g, W, m, g/cm², cm⁻² s⁻¹, Sv/h, fraction of one. The rem is 0.01 Sv
exactly (BIPM SI Brochure, 8th ed., table 10).
"""

from __future__ import annotations

from becq.physics.units import Measure

ENERGY = Measure(
    kind="an energy",
    example="12 MeV",
    units={
        "eV": 1e-6, "keV": 1e-3, "MeV": 1.0, "GeV": 1e3, "meV": 1e-9,
        "电子伏": 1e-6, "千电子伏": 1e-3, "兆电子伏": 1.0, "吉电子伏": 1e3, "兆电子伏特": 1.0,
    },
    shown=((1e-6, "eV"), (1e-3, "keV"), (1.0, "MeV"), (1e3, "GeV")),
    rare={"meV": "MeV"},
)  # fmt: skip
CURRENT = Measure(
    kind="a current",
    example="50 uA",
    units={
        "A": 1.0, "mA": 1e-3, "uA": 1e-6, "nA": 1e-9, "pA": 1e-12, "MA": 1e6,
        "安": 1.0, "安培": 1.0, "毫安": 1e-3, "微安": 1e-6, "纳安": 1e-9,
    },
    shown=((1e-12, "pA"), (1e-9, "nA"), (1e-6, "µA"), (1e-3, "mA"), (1.0, "A")),
    rare={"MA": "mA"},
)  # fmt: skip
MASS = Measure(
    kind="a mass",
    example="10 mg",
    units={
        "kg": 1e3, "g": 1.0, "mg": 1e-3, "ug": 1e-6, "ng": 1e-9, "Mg": 1e6, "t": 1e6,
        "千克": 1e3, "公斤": 1e3, "克": 1.0, "毫克": 1e-3, "微克": 1e-6, "纳克": 1e-9,
    },
    shown=((1e-9, "ng"), (1e-6, "µg"), (1e-3, "mg"), (1.0, "g"), (1e3, "kg")),
    rare={"Mg": "mg", "t": "g"},
)  # fmt: skip
POWER = Measure(
    kind="a power",
    example="200 kW",
    units={
        "W": 1.0, "kW": 1e3, "MW": 1e6, "GW": 1e9, "mW": 1e-3,
        "瓦": 1.0, "千瓦": 1e3, "兆瓦": 1e6, "吉瓦": 1e9,
    },
    shown=((1.0, "W"), (1e3, "kW"), (1e6, "MW"), (1e9, "GW")),
    rare={"mW": "MW"},
)  # fmt: skip
LENGTH = Measure(
    kind="a length",
    example="3 mm",
    units={
        "m": 1.0, "cm": 1e-2, "mm": 1e-3, "um": 1e-6, "km": 1e3, "Mm": 1e6, "in": 0.0254,
        "米": 1.0, "厘米": 1e-2, "毫米": 1e-3, "微米": 1e-6,
    },
    shown=((1e-3, "mm"), (1e-2, "cm"), (1.0, "m")),
    rare={"Mm": "mm"},
)  # fmt: skip
AREAL_DENSITY = Measure(
    kind="a thickness in mass per area",
    example="10 g/cm2",
    units={
        "g/cm2": 1.0,
        "mg/cm2": 1e-3,
        "kg/m2": 0.1,
        "gcm-2": 1.0,
        "mgcm-2": 1e-3,
        "Mg/cm2": 1e6,
        "克/厘米2": 1.0,
    },
    shown=((1e-3, "mg/cm²"), (1.0, "g/cm²")),
    rare={"Mg/cm2": "mg/cm2"},
    compact=True,
)
DENSITY = Measure(
    kind="a density",
    example="9.2 g/cm3",
    units={
        "g/cm3": 1.0,
        "kg/m3": 1e-3,
        "g/ml": 1.0,
        "kg/l": 1.0,
        "gcm-3": 1.0,
        "kgm-3": 1e-3,
        "克/厘米3": 1.0,
    },
    shown=((1.0, "g/cm³"),),
    compact=True,
)
_PER_CM2_S = (
    "cm-2s-1", "ncm-2s-1", "/cm2/s", "n/cm2/s", "n/cm2s", "/cm2s", "nv", "中子/厘米2/秒", "cm-2/s",
)  # fmt: skip
_PER_M2_S = ("m-2s-1", "nm-2s-1", "/m2/s", "n/m2/s", "n/m2s", "/m2s", "中子/米2/秒")
FLUX = Measure(
    kind="a neutron flux",
    example="2e14",
    units={**dict.fromkeys(_PER_CM2_S, 1.0), **dict.fromkeys(_PER_M2_S, 1e-4)},
    shown=((1.0, "cm⁻² s⁻¹"),),
    bare=1.0,
    compact=True,
)
DOSE_RATE = Measure(
    kind="a dose rate",
    example="25 uSv/h",
    units={
        "Sv/h": 1.0, "mSv/h": 1e-3, "uSv/h": 1e-6, "nSv/h": 1e-9, "pSv/h": 1e-12, "MSv/h": 1e6,
        "uSv/s": 3.6e-3, "mSv/s": 3.6,
        "rem/h": 1e-2, "mrem/h": 1e-5, "urem/h": 1e-8,
        **{
            f"{prefix}{unit}{per}": size
            for prefix, size in {"": 1.0, "毫": 1e-3, "微": 1e-6, "纳": 1e-9}.items()
            for unit in ("希沃特", "西弗", "西沃特", "希")
            for per in ("/小时", "/时", "每小时", "每时")
        },
    },
    shown=((1e-12, "pSv/h"), (1e-9, "nSv/h"), (1e-6, "µSv/h"), (1e-3, "mSv/h"), (1.0, "Sv/h")),
    rare={"MSv/h": "mSv/h"},
    compact=True,
)  # fmt: skip
FRACTION = Measure(
    kind="a share",
    example="0.8 or 80%",
    units={"%": 0.01, "percent": 0.01, "per cent": 0.01},
    shown=((1.0, ""),),
    bare=1.0,
)
