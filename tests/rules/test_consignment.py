"""Consignments whose verdict the regulations give: what must be blocked, said, or passed without a word."""

from __future__ import annotations

from typing import Any

import pytest

from becq.errors import ProblemsError
from becq.physics.decay_data import half_life_s
from becq.rules.document import facts_of
from becq.rules.evaluation import evaluate
from becq.rules.finding import Finding
from becq.rules.rulebook import builtin

MEASURED = {
    "dose_rate_surface": "0.3 mSv/h", "dose_rate_1m": "6 uSv/h", "transport_index": 0.6, "category": "II-YELLOW",
    "un_number": "2915", "contamination_beta": 0.05, "contamination_alpha": 0.005,
}  # fmt: skip
VEHICLE = {"dose_rate_surface": "0.1 mSv/h", "dose_rate_2m": "0.01 mSv/h", "dose_rate_driver": "0.01 mSv/h"}


def package(**more: Any) -> dict[str, Any]:
    contents = {"contents": [{"nuclide": "Tc-99m", "activity": "1 GBq"}]}
    return {"id": "P1", "type": "A", "state": "solid"} | MEASURED | contents | more


def document(*packages: dict[str, Any], vehicle: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    body = {"id": "C1", "departure": "2026-12-07 18:00", "vehicle": VEHICLE | (vehicle or {})}
    return {"consignment": body | {"packages": list(packages)} | more}


def findings(data: dict[str, Any]) -> list[Finding]:
    return evaluate(builtin(), facts_of(data)).findings(("block", "warn", "note"))


def said(data: dict[str, Any]) -> dict[str, str]:
    """Rule without its jurisdiction → severity, of all that is not ok."""
    return {finding.rule.partition("-")[2]: finding.severity for finding in findings(data)}


def of(nuclide: str, activity: str) -> list[dict[str, str]]:
    return [{"nuclide": nuclide, "activity": activity}]


@pytest.mark.parametrize("place", ["CN", "IAEA"])
def test_a_package_in_order_is_passed_without_a_word(place: str) -> None:
    assert said(document(package(), jurisdiction=place)) == {}


# what grew in on the way


def test_what_grew_in_is_no_more_than_the_parent() -> None:
    data = document(package(contents=of("Ac-225", "6 GBq"), reference_time="2026-12-07 08:00"))
    fraction = facts_of(data)["package"]["type_a_fraction"].item()
    assert fraction == pytest.approx(2 ** (-36000 / half_life_s("Ac-225")), rel=1e-9)
    assert said(data) == {}


def test_contents_calibrated_to_a_later_time() -> None:
    """Tc-99m that the Mo-99 explains goes back with the Mo-99, not by its own six hours."""
    later = "2026-12-10 18:00"
    pure = document(package(contents=of("Mo-99", "100 GBq"), reference_time=later))
    both = document(package(contents=of("Mo-99", "100 GBq") + of("Tc-99m", "96 GBq"), reference_time=later))
    grown = 100e9 * 2 ** (72 * 3600 / half_life_s("Mo-99"))
    assert facts_of(pure)["package"]["type_a_fraction"].item() == pytest.approx(grown / 0.6e12, rel=1e-6)
    assert facts_of(both)["package"]["type_a_fraction"].item() == pytest.approx(grown / 0.6e12, rel=1e-3)
    alone = document(package(contents=of("Tc-99m", "1 GBq"), reference_time="2026-12-08 00:00"))
    back = 1e9 * 2 ** (6 * 3600 / half_life_s("Tc-99m"))
    assert facts_of(alone)["package"]["activity_bq"].item() == pytest.approx(back, rel=1e-6)


def test_without_a_time_of_departure() -> None:
    """An earlier reference counts to the start of the day; a later one would be undercounted, so it is refused."""
    early = document(package(contents=of("F-18", "1 GBq"), reference_time="2026-12-06 22:00"))
    early["consignment"] |= {"departure": None, "day": "2026-12-07"}
    activity = facts_of(early)["package"]["activity_bq"].item()
    assert activity == pytest.approx(1e9 * 2 ** (-2 * 3600 / half_life_s("F-18")), rel=1e-6)
    early["consignment"]["packages"][0]["reference_time"] = "2026-12-07 00:01"
    with pytest.raises(ProblemsError, match="without a time of departure"):
        facts_of(early)


def test_the_day_is_that_of_the_departure() -> None:
    with pytest.raises(ProblemsError, match="not that of the departure"):
        facts_of(document(package(), day="2026-12-08"))
    abroad = document(package(), day="2026-12-08", departure="2026-12-07T18:00:00+00:00")  # 02:00 in Shanghai
    assert facts_of(abroad)["package"]["day"].item().isoformat() == "2026-12-08"


def test_packages_have_names_of_their_own() -> None:
    with pytest.raises(ProblemsError, match="several packages are called P1"):
        facts_of(document(package(), package()))


# industrial packages


def industrial(**more: Any) -> dict[str, Any]:
    given = {"type": "IP-2", "un_number": "3321", "material": "LSA-II", "combustible": False, "mass": "100 kg",
             "dose_rate_unshielded_3m": "1 mSv/h", "contents": of("Cs-137", "5 TBq")}  # fmt: skip
    return package(**(given | more))


def test_low_specific_activity_by_hand() -> None:
    """LSA-II, solid: 1e-4 A2/g, so 100 kg hold 10 A2 = 6 TBq of Cs-137 (A2 0.6 TBq)."""
    assert said(document(industrial())) == {}
    assert facts_of(document(industrial()))["package"]["specific_activity_fraction"].item() == pytest.approx(
        5 / 6
    )
    assert said(document(industrial(contents=of("Cs-137", "6.1 TBq")))) == {
        "package-industrial-material": "block"
    }
    assert said(document(industrial(mass=None))) == {"package-industrial-material": "note"}
    assert said(document(industrial(type="IP-1"))) == {"package-industrial-type": "block"}
    assert said(document(industrial(un_number="2912"))) == {"package-un-number": "block"}
    assert said(document(industrial(dose_rate_unshielded_3m=None))) == {"package-unshielded": "note"}


def test_an_industrial_package_of_anything_is_not_passed() -> None:
    data = document(industrial(material=None, un_number="2913", contents=of("Cs-137", "1000 TBq")))
    assert said(data)["package-industrial-material"] == "note"
    assert said(data)["vehicle-industrial-load"] == "block"  # 1667 A2 of objects, 100 on a conveyance
    unnamed = document(industrial(material=None, un_number=None))
    assert said(unnamed)["vehicle-industrial-load"] == "note"


def test_what_burns_has_a_limit_on_the_conveyance() -> None:
    """LSA-II: 100 A2 on a vehicle where it burns or is liquid; 10 in a hold on a river."""
    heavy = {"mass": "10000 kg", "contents": of("Cs-137", "120 TBq")}  # 200 A2
    assert said(document(industrial(**heavy))) == {}
    assert said(document(industrial(**heavy, combustible=True))) == {"vehicle-industrial-load": "block"}
    assert said(document(industrial(**heavy, combustible=None))) == {"vehicle-industrial-load": "note"}
    light = {"mass": "1000 kg", "contents": of("Cs-137", "9 TBq"), "combustible": True}  # 15 A2
    assert said(document(industrial(**light))) == {}
    assert said(document(industrial(**light), mode="inland-water")) == {"vehicle-industrial-load": "block"}


def test_surface_contaminated_objects() -> None:
    surfaces = dict.fromkeys(
        ("accessible_loose_beta", "accessible_loose_other_alpha", "accessible_fixed_beta",
         "accessible_fixed_other_alpha", "inaccessible_beta", "inaccessible_other_alpha"), 0.0
    )  # fmt: skip
    given = {"type": "IP-1", "un_number": "2913", "material": "SCO-I", "contents": of("Cs-137", "1 GBq")}
    assert said(document(industrial(**given))) == {"package-industrial-object": "note"}
    kept = surfaces | {"accessible_loose_beta": 4, "inaccessible_other_alpha": 4e3}
    assert said(document(industrial(**given, surfaces=kept))) == {}
    dirty = kept | {"accessible_fixed_beta": 4.1e4}
    assert said(document(industrial(**given, surfaces=dirty))) == {"package-industrial-object": "block"}
    second = given | {"material": "SCO-II", "type": "IP-2"}
    assert said(document(industrial(**second, surfaces=dirty))) == {}


# air and sea


def certified(activity: str, nuclide: str = "Co-60", **more: Any) -> dict[str, Any]:
    given = {"type": "B(U)", "un_number": "2916", "contents": of(nuclide, activity)}
    return package(**(given | {"certificate": of(nuclide, "100 PBq")} | more))


@pytest.mark.parametrize("place", ["CN", "IAEA"])
def test_type_b_by_air(place: str) -> None:
    """Co-60: A1 = A2 = 0.4 TBq, so 1200 TBq; special form of Am-241 (10, 0.001 TBq): 1e5 A2 = 100 TBq."""
    flight = {"mode": "air", "vehicle": {"aircraft": "cargo"}, "jurisdiction": place}
    assert said(document(certified("1199 TBq"), **flight)) == {}
    assert said(document(certified("1201 TBq"), **flight)) == {"package-air": "block"}
    assert said(document(certified("1201 TBq"), jurisdiction=place)) == {}
    special = {"nuclide": "Am-241", "special_form": True}
    assert said(document(certified("99 TBq", **special), **flight)) == {}
    assert said(document(certified("101 TBq", **special), **flight)) == {"package-air": "block"}


@pytest.mark.parametrize(
    ("number", "aircraft", "expected"),
    [(5, "passenger", None), (6, "passenger", "block"), (6, "cargo", None), (23, "cargo", "block"),
     (5, None, None), (6, None, "note"), (23, None, "block")],
)  # fmt: skip
def test_transport_indexes_of_an_aircraft(number: int, aircraft: str | None, expected: str | None) -> None:
    """Packages of index 9: 45, 54 and 207 against 50 on a passenger and 200 on a cargo aircraft."""
    given = {"dose_rate_1m": "90 uSv/h", "transport_index": 9, "category": "III-YELLOW"}
    packages = [package(id=f"P{place}", **given) for place in range(number)]
    data = document(*packages, mode="air", vehicle={"aircraft": aircraft})
    assert said(data).get("vehicle-transport-index-air") == expected


def test_what_no_passenger_aircraft_takes() -> None:
    b_m = certified("1 TBq", type="B(M)", un_number="2917")
    for aircraft, expected in (("passenger", "block"), ("cargo", None), (None, "note")):
        data = document(b_m, mode="air", vehicle={"aircraft": aircraft})
        assert said(data).get("package-passenger-aircraft") == expected
    alone = document(package(), mode="air", exclusive_use=True, vehicle={"aircraft": "passenger"})
    assert said(alone)["package-passenger-aircraft"] == "block"


def test_a_hold_and_a_ship() -> None:
    given = {"dose_rate_1m": "100 uSv/h", "transport_index": 10, "category": "III-YELLOW"}
    for number, expected in ((5, {}), (6, {"hold": "warn"}), (21, {"hold": "warn", "ship": "block"})):
        packages = [package(id=f"P{place}", **given) for place in range(number)]
        found = said(document(*packages, mode="sea"))
        assert {name.rpartition("-")[2]: what for name, what in found.items()} == expected


# excepted packages

EXCEPTED = {"type": "excepted", "dose_rate_surface": "1 uSv/h", "dose_rate_1m": None, "transport_index": None, "category": None}  # fmt: skip


def test_one_instrument_has_a_limit_too() -> None:
    """Cs-137 in articles: 1e-2 A2 = 6 GBq each, A2 = 600 GBq in the package; 0.1 mSv/h at 10 cm."""
    given = EXCEPTED | {"article": True, "un_number": "2911", "dose_rate_10cm": "50 uSv/h"}
    small = given | {"contents": of("Cs-137", "6 GBq")}
    many = given | {"contents": of("Cs-137", "500 GBq")}
    assert said(document(package(**small))) == {}
    assert said(document(package(**many))) == {"package-item": "note"}
    assert said(document(package(**many, items=100))) == {}
    assert said(document(package(**many, items=80))) == {"package-item": "block"}
    assert said(document(package(**small | {"dose_rate_10cm": "0.11 mSv/h"}))) == {
        "package-item-dose-rate": "block"
    }
    assert said(document(package(**small | {"dose_rate_10cm": None}))) == {"package-item-dose-rate": "note"}


def test_an_empty_packaging() -> None:
    given = EXCEPTED | {"un_number": "UN 2908", "contents": []}
    inside = {"inside_contamination_beta": 400, "inside_contamination_alpha": 40}
    assert said(document(package(**given, **inside))) == {}
    assert set(said(document(package(**given)))) == {"package-empty-beta", "package-empty-alpha"}
    assert said(document(package(**given, **inside | {"inside_contamination_beta": 401}))) == {
        "package-empty-beta": "block"
    }
    full = given | inside | {"contents": of("Cs-137", "1 GBq")}  # 1e-3 A2 is 0.6 GBq
    assert said(document(package(**full))) == {"package-excepted": "block"}
    with pytest.raises(ProblemsError, match="no nuclide is given"):
        facts_of(document(package(contents=[])))


def test_articles_of_uranium() -> None:
    given = EXCEPTED | {"un_number": "2909"}
    depleted = of("U-238", "1.24 GBq") + of("U-235", "16 MBq")  # 100 kg with 0.2 % of U-235
    assert said(document(package(**given, contents=depleted))) == {}
    assert said(document(package(**given, contents=of("Cs-137", "1 kBq")))) == {
        "package-uranium-article": "block"
    }


def test_excepted_packages_have_no_index_that_counts() -> None:
    small = package(id="P2", **EXCEPTED, un_number="2910", contents=of("I-131", "1 MBq"))
    data = document(package(), small)
    assert said(data) == {}
    assert facts_of(data)["vehicle"]["transport_index_sum"].item() == pytest.approx(0.6)


def test_exempt_asks_for_the_mass() -> None:
    given = EXCEPTED | {"type": "exempt", "un_number": None, "contents": of("Cs-137", "20 kBq")}
    found = findings(document(package(**given)))
    assert [(one.rule, one.severity) for one in found] == [("cn-package-exempt", "note")]
    assert "mass of the material" in found[0].sentence
    assert said(document(package(**given, mass="2 kg"))) == {}  # 10 Bq/g
    assert said(document(package(**given, mass="1.9 kg"))) == {"package-exempt": "block"}


# fissile material


def test_fissile_material() -> None:
    """U-235 has 80 kBq/g: 1 GBq are 12.5 kg; 20 kBq are 0.25 g, 160 kBq 2 g."""
    assert said(document(package(contents=of("U-235", "1 GBq")))) == {"package-fissile": "block"}
    assert said(document(package(contents=of("U-235", "19 kBq")))) == {}
    assert said(document(package(contents=of("U-235", "150 kBq")))) == {}
    assert said(document(package(contents=of("U-235", "165 kBq")))) == {"package-fissile": "block"}
    eight = [package(id=f"P{place}", contents=of("U-235", "159 kBq")) for place in range(8)]
    assert said(document(*eight[:7])) == {}  # 1.99 g each, 15 g in the consignment
    assert said(document(*eight)) == {"package-fissile": "block"}
    given = {"contents": of("U-235", "1 GBq"), "un_number": "3327", "certificate": of("U-235", "2 GBq")}
    assert said(document(package(**given, criticality_safety_index=50))) == {}
    assert said(document(package(**given))) == {
        "package-criticality-index": "note",
        "vehicle-criticality-index": "note",
    }
    more = document(package(**given, criticality_safety_index=51))
    assert said(more) == {"package-criticality-index": "block", "vehicle-criticality-index": "block"}
    assert said(document(package(**given, criticality_safety_index=51), exclusive_use=True)) == {}
    number = "package-un-number"
    assert said(document(package(un_number="3327")))[number] == "block"
    assert (
        said(document(package(**given | {"contents": of("U-235", "19.9 kBq")})))[number] == "block"
    )  # 0.249 g
    assert number not in said(document(package(**given | {"contents": of("U-235", "20.1 kBq")})))  # 0.251 g


def test_packages_of_all_kinds_travel_together() -> None:
    """Where a package has no fissile nuclide, or nothing that its certificate names, the numbers are 0.0."""
    odd = certified("1 GBq", id="P3") | {"certificate": of("Ir-192", "1 TBq")}
    packages = [package(), package(id="P2", contents=of("U-235", "1 MBq")), odd, certified("1 TBq", id="P4")]
    facts = facts_of(document(*packages))["package"]
    assert facts["fissile_mass_g"].to_list() == [0.0, pytest.approx(12.5, rel=1e-2), 0.0, 0.0]
    assert facts["certificate_fraction"].to_list() == [None, None, 0.0, pytest.approx(1e-5)]


# exclusive use, labels, measured values


def test_exclusive_use_carries_what_else_may_not_travel() -> None:
    given = {
        "dose_rate_surface": "5 mSv/h",
        "dose_rate_1m": "150 uSv/h",
        "transport_index": 15,
        "category": "III-YELLOW",
    }
    secured = {"secured": True}
    assert said(document(package(**given), exclusive_use=True, vehicle=secured)) == {}
    assert said(document(package(**given), exclusive_use=True)) == {"package-surface-secured": "note"}
    loose = document(package(**given), exclusive_use=True, vehicle={"secured": False})
    assert said(loose) == {"package-surface-secured": "block"}
    assert set(said(document(package(**given)))) == {"package-transport-index", "package-surface"}
    strong = given | {"dose_rate_surface": "10.1 mSv/h"}
    assert said(document(package(**strong), exclusive_use=True, vehicle=secured)) == {
        "package-surface-exclusive": "block"
    }


def test_labels_above_what_was_measured() -> None:
    given = {
        "dose_rate_surface": "1 uSv/h",
        "dose_rate_1m": "0.1 uSv/h",
        "transport_index": 9,
        "category": "III-YELLOW",
    }
    assert said(document(package(**given))) == {"package-category-over": "warn", "package-index-over": "warn"}


def test_dose_rates_that_cannot_be() -> None:
    given = {
        "dose_rate_surface": "1 uSv/h",
        "dose_rate_1m": "90 uSv/h",
        "transport_index": 9,
        "category": "III-YELLOW",
    }
    assert said(document(package(**given))) == {"package-dose-rates": "warn"}
    swapped = {"dose_rate_surface": "10 uSv/h", "dose_rate_2m": "20 uSv/h"}
    assert said(document(package(), vehicle=swapped)) == {"vehicle-dose-rates": "warn"}


# nuclides without values of their own


def test_defaults_are_said_and_approved_values_taken() -> None:
    """GB 11806-2019 does not list Tb-161: the default A2 is 0.02 TBq; approved, 0.7 TBq."""
    data = document(package(contents=of("Tb-161", "30 GBq")))
    assert said(data) == {"package-type-a": "block", "package-default-limits": "note"}
    (note,) = (one for one in findings(data) if one.severity == "note")
    assert "Tb-161" in note.sentence
    assert "Tb-161" in note.sentence_zh
    row = {
        "nuclide": "Tb-161",
        "a1": "30 TBq",
        "a2": "0.7 TBq",
        "approval": "letter of the authority, 2026-1",
    }
    approved = document(package(contents=of("Tb-161", "30 GBq")), approved_limits=[row])
    assert said(approved) == {}
    assert facts_of(approved)["package"]["type_a_fraction"].item() == pytest.approx(0.03 / 0.7)
    assert said(document(package(contents=of("Tb-161", "30 GBq")), jurisdiction="IAEA")) == {}


def test_approved_values_stand_for_what_is_not_listed_only() -> None:
    row = {"nuclide": "Mo-99", "a1": "30 TBq", "a2": "20 TBq", "approval": "letter"}
    with pytest.raises(ProblemsError, match="the regulations list Mo-99"):
        facts_of(document(package(), approved_limits=[row]))
    with pytest.raises(ProblemsError, match="A2 of Tb-161 is above its A1"):
        facts_of(document(package(), approved_limits=[row | {"nuclide": "Tb-161", "a2": "31 TBq"}]))
    with pytest.raises(ProblemsError, match="the regulations list Tb-161"):
        facts_of(document(package(), jurisdiction="IAEA", approved_limits=[row | {"nuclide": "Tb-161"}]))


def test_progeny_without_values_is_not_said() -> None:
    data = document(package(contents=of("Ac-225", "1 GBq"), reference_time="2026-12-06 08:00"))
    assert "Bi-213" in facts_of(data)["package"]["nuclides"].item()
    assert facts_of(data)["package"]["default_count"].item() == 0
