"""Energies, currents, masses, powers, lengths, fluxes, dose rates, shares, layers and times as people write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from becq.errors import InputError
from becq.physics import measures, quantities
from becq.physics.units import Measure

MEASURES = {
    name: value for name, value in vars(measures).items() if isinstance(value, Measure) and name.isupper()
}


@pytest.mark.parametrize(
    ("what", "text", "value"),
    [
        ("energy", "12MeV", 12.0),
        ("energy", "511 keV", 0.511),
        ("energy", "0.03 gev", 30.0),
        ("energy", "12 兆电子伏", 12.0),
        ("energy", "1 meV!", 1e-9),
        ("current", "50uA", 5e-5),
        ("current", "50 μA", 5e-5),
        ("current", "50 µA", 5e-5),
        ("current", "0.4 mA", 4e-4),
        ("current", "50微安", 5e-5),
        ("mass", "10mg", 1e-2),
        ("mass", "2.5 kg", 2500.0),
        ("mass", "１０毫克", 1e-2),
        ("power", "200kW", 2e5),
        ("power", "20 MW", 2e7),
        ("power", "200千瓦", 2e5),
        ("length", "3mm", 3e-3),
        ("length", "1 m", 1.0),
        ("length", "5厘米", 5e-2),
        ("areal_density", "10 g/cm2", 10.0),
        ("areal_density", "250 mg/cm²", 0.25),
        ("areal_density", "5 kg/m²", 0.5),
        ("density", "9.2 g/cm³", 9.2),
        ("density", "7870 kg/m3", 7.87),
        ("flux", "2e14", 2e14),
        ("flux", "2×10¹⁴ n·cm⁻²·s⁻¹", 2e14),
        ("flux", "2x10^14 n/cm2/s", 2e14),
        ("flux", "2e14 n/(cm²·s)", 2e14),
        ("dose_rate", "2.5微西弗每小时", 2.5e-6),
        ("dose_rate", "2.5 微西弗/时", 2.5e-6),
        ("dose_rate", "3 毫希沃特每小时", 3e-3),
        ("dose_rate", "5 pSv/h", 5e-12),
        ("flux", "2e18 m^-2 s^-1", 2e14),
        ("dose_rate", "25 µSv/h", 2.5e-5),
        ("dose_rate", "2.5 mrem/h", 2.5e-5),
        ("dose_rate", "25微希/时", 2.5e-5),
        ("dose_rate", "0", 0.0),
        ("fraction", "0.8", 0.8),
        ("fraction", "80%", 0.8),
        ("fraction", "80 ％", 0.8),
        ("fraction", "百分之80", 0.8),
    ],
)
def test_reads_what_people_write(what: str, text: str, value: float) -> None:
    assert getattr(quantities, f"parse_{what}")(text) == pytest.approx(value, rel=1e-14)


@pytest.mark.parametrize(
    ("what", "text", "message"),
    [
        ("energy", "12", 'has no unit; write for example 12 MeV'),
        ("energy", "12 mev", "could be MeV or meV; write the unit in the right case"),
        ("energy", "12 meV", "did you mean MeV"),
        ("energy", "-3 MeV", "an energy is a finite number, not below zero"),
        ("energy", "1e999 MeV", "an energy is a finite number"),
        ("energy", "fast", "is not an energy; write a number and a unit, like 12 MeV"),
        ("energy", "12 mA", 'unknown unit "mA"; use eV, keV, MeV, GeV'),
        ("current", "50 MA", "did you mean mA"),
        ("current", "", "is not a current"),
        ("mass", "10 Mg", "did you mean mg"),
        ("power", "20 mW", "did you mean MW"),
        ("power", "20 mw", "could be MW or mW"),
        ("flux", "2e14 barn", "unknown unit"),
        ("dose_rate", "1 Gy/h", "unknown unit"),
        ("fraction", "80", "more than the whole; write for example 0.8 or 80%"),
        ("fraction", "101%", "more than the whole"),
        ("layers", "lead", "is not a layer; write for example lead:3mm"),
        ("layers", "lead:3", "has no unit"),
        ("clock_times", "08:00,25:00", "is not a time of day"),
        ("clock_times", "08:00,08:00", "not a list of times of day"),
        ("clock_times", "", "not a list of times of day"),
        ("instant", "2026-12-07", "is not a date and time"),
        ("instant", "tomorrow", "is not a date and time"),
    ],
)  # fmt: skip
def test_refuses_and_says_what_would_be_right(what: str, text: str, message: str) -> None:
    with pytest.raises(InputError) as told:
        getattr(quantities, f"parse_{what}")(text)
    assert message in str(told.value)


def test_no_slip_of_case_changes_a_prefix() -> None:
    """A unit whose case differs from every known one is never read a thousand times too large or small."""
    for measure in MEASURES.values():
        for unit in measure.units:
            for other in (unit.lower(), unit.upper(), unit.swapcase()):
                try:
                    read = measure.parse(f"1 {other}!")
                except InputError:
                    continue
                assert read in {measure.units[u] for u in measure.units if u.lower() == other.lower()}
                sizes = {measure.units[u] for u in measure.units if u.lower() == other.lower()}
                assert other in measure.units or len(sizes) == 1


@given(st.sampled_from(sorted(MEASURES)), st.floats(1e-6, 1e6))
def test_what_is_printed_is_read_again(name: str, value: float) -> None:
    measure = MEASURES[name]
    assert measure.parse(measure.format(value, 9)) == pytest.approx(value, rel=1e-8)


def test_prints_with_the_prefix_that_fits() -> None:
    assert quantities.format_energy(12) == "12.0 MeV"
    assert quantities.format_energy(0.9999) == "1.00 MeV"
    assert quantities.format_current(5e-5) == "50.0 µA"
    assert quantities.format_mass(0.01) == "10.0 mg"
    assert quantities.format_power(2e5) == "200 kW"
    assert quantities.format_length(3e-3) == "3.00 mm"
    assert quantities.format_flux(2e14) == "2.00×10¹⁴ cm⁻² s⁻¹"
    assert quantities.format_dose_rate(2.5e-5) == "25.0 µSv/h"
    assert quantities.format_fraction(0.98) == "98.0 %"
    assert quantities.format_dose_rate(0.0) == "0.00 Sv/h"


def test_layers_times_and_moments() -> None:
    assert quantities.parse_layers("lead:3mm, Water:5cm") == (("lead", 3e-3), ("water", 5e-2))
    assert quantities.parse_layers("铅：3毫米，水：5厘米") == (("铅", 3e-3), ("水", 5e-2))
    assert quantities.parse_layers("") == ()
    assert quantities.parse_clock_times("13:00,8:00") == (28800.0, 46800.0)
    assert quantities.parse_instant("2026-12-07 08:00") == datetime(2026, 12, 7, 8, 0)  # noqa: DTZ001
    aware = quantities.parse_instant("2026-12-07T08:00+08:00")
    assert aware == datetime(2026, 12, 7, tzinfo=UTC)
    assert aware.utcoffset() == timedelta(hours=8)
