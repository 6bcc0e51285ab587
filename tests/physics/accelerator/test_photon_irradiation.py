"""Photonuclear activities: laws, an independent fold, published yields, and the table against the folder."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest

from becq.errors import InputError
from becq.physics import decay_data
from becq.physics.accelerator import photon_interactions as interactions
from becq.physics.accelerator import photonuclear
from becq.physics.accelerator.irradiation import BeamIrradiation
from becq.physics.accelerator.isotopes import natural_abundances
from becq.physics.accelerator.nuclear_data import NuclearData
from becq.physics.accelerator.photon_cascade import Layer, shower
from becq.physics.accelerator.photon_interactions import Substance
from becq.physics.accelerator.photon_irradiation import irradiate_photons

REFERENCE = Path(__file__).resolve().parents[2] / "reference" / "photonuclear_yields.csv"
MO = "Mo-100(g,n)Mo-99"


def molybdenum(**changes: object) -> BeamIrradiation:
    given: dict[str, object] = {"energy_mev": 35.0, "current_a": 1e-3, "duration_s": 86400.0}
    given |= {"converter_g_cm2": 5.8, "thickness_g_cm2": 5.0}
    return irradiate_photons(MO, **(given | changes))  # type: ignore[arg-type]


def published() -> dict[str, dict[str, str]]:
    with REFERENCE.open(encoding="utf-8") as file:
        return {f"{row['reaction']} {row['quantity']}": row for row in csv.DictReader(file)}


def test_molybdenum_of_a_published_arrangement() -> None:
    # The published target subtends a half-angle of 27 degrees at the converter and catches a part of the
    # cone; collection 1 is an upper limit, and more than twice the published value would be another physics.
    row = published()[f"{MO} activity_eob"]
    made = irradiate_photons(
        row["reaction"],
        energy_mev=float(row["energy_mev"]),
        current_a=float(row["current_a"]),
        duration_s=float(row["duration_s"]),
        converter=row["converter"],
        converter_g_cm2=float(row["converter_g_cm2"]),
        thickness_g_cm2=float(row["thickness_g_cm2"]),
    )
    curies = made.activity_eob_bq / 3.7e10
    assert 1.0 < curies / float(row["value"]) < 2.0


@pytest.mark.parametrize("millimetres", [0, 1, 2])
def test_molybdenum_of_a_published_simulation(millimetres: int) -> None:
    # A factor of two above the published simulation, of which the narrow target (6 mm radius) explains about a
    # tenth and the unknown spot of the beam more; see docs/photonuclear.md. Not more than that.
    row = published()[f"{MO} activity_eob_tecdoc_{millimetres}"]
    made = irradiate_photons(
        MO,
        energy_mev=float(row["energy_mev"]),
        current_a=float(row["current_a"]),
        duration_s=float(row["duration_s"]),
        converter=row["converter"] or None,
        converter_g_cm2=float(row["converter_g_cm2"]) if row["converter_g_cm2"] else None,
        thickness_g_cm2=float(row["thickness_g_cm2"]),
        enrichment=0.98,
    )
    assert 1.0 < made.activity_eob_bq / 1e9 / float(row["value"]) < 2.3


@pytest.mark.parametrize(
    ("thickness", "least"), [("1", 0.55), ("6", 0.7), ("infinite", 0.8)], ids=["1 X0", "6 X0", "infinite"]
)
def test_neutrons_from_thick_lead(data: NuclearData, thickness: str, least: float) -> None:
    # Measured to 15 %. Scattered electrons have a longer way in a thin target (14 % in one radiation length,
    # by a separate Monte Carlo estimate), which going straight ahead leaves out; the thicker, the better.
    row = published()[f"Pb(g,xn) neutrons_per_electron_{thickness}"]
    lead = Substance.of("Pb", {82: 1.0}, {82: 207.2})
    track = shower([Layer(lead, float(row["thickness_g_cm2"]))], float(row["energy_mev"]))
    neutrons = 0.0
    for (a, z, residual), curve in data.curves("g", "Pb").items():
        share = natural_abundances("Pb").get(a, 0.0)
        if share and residual < a and z in (81, 82):
            count = (a - residual) - (82 - z)
            inside = track.photon_mev <= curve.last_mev
            sigma = np.where(inside, curve.at(np.minimum(track.photon_mev, curve.last_mev)), 0.0)
            neutrons += count * share * float(track.track_g_cm2 @ sigma) * 1e-24 * 6.02214076e23 / 207.2
    assert least < neutrons / float(row["value"]) < 1.05


def test_radium_of_a_published_irradiation() -> None:
    # 550 Bq of Ac-225 per µA h and mg: converter and spot are not published. With 3 mm of tungsten and a spot
    # of 1 cm2, Ac-225 at its maximum 17.5 d after the end must come out within a factor of three.
    row = published()["Ra-226(g,n)Ra-225->Ac-225 activity_per_charge_and_mass"]
    made = irradiate_photons(
        row["reaction"],
        energy_mev=float(row["energy_mev"]),
        current_a=float(row["current_a"]),
        duration_s=float(row["duration_s"]),
        thickness_g_cm2=1e-3,
        cooling_s=17.5 * 86400,
    )
    assert 1 / 3 < made.activities_bq["Ac-225"] / float(row["value"]) < 3


def test_radium_of_a_published_design() -> None:
    # 80 GBq from three milkings at 20 kW for ten days: the areal density of radium is not published, but it
    # must be one that a target of a gram or two can have.
    row = published()["Ra-226(g,n)Ra-225->Ac-225 activity_of_three_milkings"]
    made = irradiate_photons(
        "Ra-226(g,n)Ra-225",
        energy_mev=float(row["energy_mev"]),
        current_a=float(row["current_a"]),
        duration_s=float(row["duration_s"]),
        thickness_g_cm2=1.0,
    )
    radium, actinium = decay_data.decay_const("Ra-225"), decay_data.decay_const("Ac-225")
    left, milked = made.activity_eob_bq, 0.0
    for _ in range(3):
        wait = math.log(actinium / radium) / (actinium - radium)
        grown = actinium / (actinium - radium) * (math.exp(-radium * wait) - math.exp(-actinium * wait))
        milked += left * grown
        left *= math.exp(-radium * wait)
    assert 0.2 < float(row["value"]) * 1e9 / milked < 2.0  # g/cm2 of radium


def test_thin_converter_and_target_are_the_fold_of_spectrum_and_cross_section() -> None:
    # Independent of the shower: t · N ∫ φ(k) σ(k) dk, photons once through, no attenuation.
    converter, thickness = 0.01, 0.01
    made = molybdenum(converter_g_cm2=converter, thickness_g_cm2=thickness, electrons_into_target=False)
    photon = np.linspace(7.0, 35.0, 20001)[:-1]
    tungsten = Substance.of("W", {74: 1.0}, {74: 183.84})
    spectrum = converter * interactions.bremsstrahlung_cm2_g_mev(tungsten, 35.0, photon)
    curve = photonuclear.curves("Mo")[100, 42, 99]
    nuclei = 6.02214076e23 / 99.907 * thickness
    sigma = curve.at(photon) * 1e-24
    rate = np.trapezoid(spectrum * sigma, photon) * nuclei / 1.602176634e-19
    assert made.saturation_yield_bq_per_a == pytest.approx(rate, rel=0.005)


def test_activity_grows_towards_saturation() -> None:
    decay = decay_data.decay_const("Mo-99")
    made = molybdenum()
    expected = made.saturation_yield_bq_per_a * 1e-3 * -math.expm1(-decay * 86400.0)
    # Beside the direct way some Mo-99 grows from Nb-99 (15 s) of Mo-100(g,p).
    assert expected < made.activity_eob_bq == pytest.approx(expected, rel=3e-3)
    later = molybdenum(cooling_s=86400.0)
    faded = made.activity_eob_bq * math.exp(-decay * 86400.0)
    assert later.activities_bq["Mo-99"] == pytest.approx(faded, rel=1e-5)


def test_power_is_current_times_energy() -> None:
    assert molybdenum(current_a=None, power_w=35e3).activity_eob_bq == pytest.approx(
        molybdenum().activity_eob_bq, rel=1e-12
    )


def test_share_of_isotope_and_of_cone_count_in_proportion() -> None:
    whole = molybdenum(thickness_g_cm2=0.1).activity_eob_bq
    assert molybdenum(thickness_g_cm2=0.1, collection=0.4).activity_eob_bq == pytest.approx(
        0.4 * whole, rel=1e-9
    )
    natural = irradiate_photons(
        "Mo(g,x)Mo-99",
        energy_mev=35.0,
        current_a=1e-3,
        duration_s=86400.0,
        converter_g_cm2=5.8,
        thickness_g_cm2=0.1,
    ).activity_eob_bq
    # 9.74 % of the atoms; a gram of natural molybdenum has 4 % more atoms than one of Mo-100.
    assert natural == pytest.approx(0.0974 * 99.907 / 95.95 * whole, rel=0.01)


def test_a_thick_target_shades_itself() -> None:
    thin, thick = (
        molybdenum(thickness_g_cm2=t, electrons_into_target=False).activity_eob_bq for t in (0.5, 20.0)
    )
    assert 0.4 * 40 * thin < thick < 0.75 * 40 * thin


def test_the_target_may_be_its_own_converter() -> None:
    own = molybdenum(converter=None, converter_g_cm2=None, thickness_g_cm2=20.0)
    behind = molybdenum(thickness_g_cm2=20.0)
    assert 0.3 * behind.activity_eob_bq < own.activity_eob_bq < behind.activity_eob_bq
    assert own.heat_w > behind.heat_w


def test_heat_stays_within_the_beam_and_falls_when_electrons_are_swept() -> None:
    with_electrons, without = molybdenum(), molybdenum(electrons_into_target=False)
    assert 0.0 < without.heat_w < with_electrons.heat_w < 35e3


def test_a_target_that_stops_everything_takes_the_whole_power() -> None:
    made = molybdenum(converter=None, converter_g_cm2=None, thickness_g_cm2=300.0)
    assert made.heat_w == pytest.approx(35e3, rel=0.01)


def test_shares_of_isomers_add_up_and_are_those_of_the_folder(data: NuclearData) -> None:
    energy = np.array([20.0, 25.0, 30.0, 40.0])
    channel = (100, 41, 98)  # Mo-100(g,pn)Nb-98 and Nb-98m
    own = photonuclear.OwnShares.state_shares("g", "Mo", channel, energy)
    filed = data.state_shares("g", "Mo", channel, energy)
    assert own.keys() == filed.keys() == {"", "m"}
    assert own[""] + own["m"] == pytest.approx(np.ones(4), rel=1e-12)
    assert own["m"] == pytest.approx(filed["m"], abs=0.01)


def test_what_grows_from_the_residual_counts_only_where_the_route_says_so() -> None:
    asked = {"energy_mev": 25.0, "power_w": 1e4, "duration_s": 864000.0, "thickness_g_cm2": 1.0}
    direct = irradiate_photons("Ra-226(g,n)Ra-225", **asked)
    chained = irradiate_photons("Ra-226(g,n)Ra-225->Ac-225", **asked)
    assert chained.activity_eob_bq == pytest.approx(direct.activities_bq["Ac-225"], rel=1e-9)
    assert direct.activity_eob_bq == pytest.approx(chained.impurities_bq["Ra-225"], rel=1e-9)
    assert any("Ra-226 itself" in note for note in direct.notes)


def test_assumptions_are_said() -> None:
    made = irradiate_photons(MO, energy_mev=35.0, current_a=1e-3, duration_s=3600.0)
    told = " ".join(made.notes)
    assert "Converter assumed: 5.8 g/cm² of W" in told
    assert "Target thickness assumed: 10 g/cm²" in told
    assert "upper limit" in told
    assert any("Seltzer" in s for s in made.sources)
    assert any("IAEA Photonuclear" in s for s in made.sources)


def test_specific_activity_needs_the_area_only_where_product_and_target_are_one_element() -> None:
    assert molybdenum().specific_activity_bq_g is None
    made = molybdenum(area_cm2=2.0)
    assert made.specific_activity_bq_g == pytest.approx(made.activity_eob_bq / 10.0, rel=1e-12)
    copper = irradiate_photons("Zn-68(g,p)Cu-67", energy_mev=40.0, power_w=1e3, duration_s=3600.0)
    assert copper.specific_activity_bq_g is not None
    assert copper.specific_activity_bq_g > 1e12


@pytest.mark.parametrize(
    "text", ["Mo-100(g,n)Mo-99", "Zn-68(g,p)Cu-67", "Ra-226(g,n)Ra-225", "Ti-48(g,p)Sc-47"]
)
def test_without_a_folder_the_own_table_answers_the_same(
    text: str, data: NuclearData, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"energy_mev": 40.0, "power_w": 1e3, "duration_s": 36000.0}
    with_folder = irradiate_photons(text, data=data, **asked)
    monkeypatch.delenv("BECQ_NUCLEAR_DATA")
    alone = irradiate_photons(text, **asked)
    assert alone.activity_eob_bq == pytest.approx(with_folder.activity_eob_bq, rel=0.01)
    strongest = list(with_folder.impurities_bq)[:3]
    for name in strongest:
        assert alone.impurities_bq[name] == pytest.approx(with_folder.impurities_bq[name], rel=0.02), name


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"energy_mev": 8.0}, "needs more than 8.2"),
        ({"energy_mev": 200.0}, "150 MeV"),
        ({"current_a": None}, "either the current"),
        ({"power_w": 1.0}, "either the current"),
        ({"collection": 1.5}, "between 0 and 1"),
        ({"thickness_g_cm2": -1.0}, "greater than zero"),
        ({"duration_s": -1.0}, "duration"),
        ({"converter": "", "converter_g_cm2": 3.0}, "no material"),
        ({"converter": "Xy"}, "not a chemical formula"),
        ({"enrichment": 98.0}, "did you mean 0.98"),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        molybdenum(**changes)


def test_other_beams_are_sent_elsewhere() -> None:
    with pytest.raises(InputError, match="no photon reaction"):
        irradiate_photons("Ni-64(p,n)Cu-64", energy_mev=12.0, current_a=1e-6, duration_s=1.0)


def test_what_is_no_reaction_and_no_number_is_refused() -> None:
    with pytest.raises(InputError, match="A reaction is a text"):
        irradiate_photons(None, energy_mev=40.0, current_a=1e-4, duration_s=1.0)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="must be a number"):
        irradiate_photons("Mo-100(g,n)Mo-99", energy_mev="40", current_a=1e-4, duration_s=1.0)  # type: ignore[arg-type]
