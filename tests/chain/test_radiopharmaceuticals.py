"""Radiopharmaceuticals: schema, nuclides, doses against independent readings, purity limits.

``procedure_doses.csv`` are doses of whole examinations as published, which the table's activities and
coefficients must reproduce.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

import numpy as np
import pytest

from becq.chain.radiopharmaceuticals import (
    BASES,
    KINDS,
    DoseCoefficient,
    PurityLimit,
    Radiopharmaceutical,
    dose_coefficient,
    dose_coefficients,
    drugs_with,
    effective_dose_sv,
    purity_limits,
    radiopharmaceutical,
    radiopharmaceuticals,
)
from becq.errors import InputError
from becq.physics import decay_data, generator_kinds
from becq.physics.elements import read_table
from becq.physics.nuclides import parse_nuclide

DRUGS = list(radiopharmaceuticals().values())
FAMILIES = {
    "Tc-99m": {
        "mdp", "mibi", "tetrofosmin", "dtpa", "dmsa", "maa", "sulfur-colloid", "pertechnetate", "hmpao",
        "ecd", "ec", "mag3", "phytate", "pyp", "mebrofenin", "hynic-toc", "psma-is",
    },
    "F-18": {"fdg", "fluoride", "flt", "fet", "fes", "psma-1007", "florbetapir", "florbetaben", "choline", "fdopa"},
    "Ga-68": {"dotatate", "dotatoc", "psma-11", "fapi-46"},
    "Zr-89": {"ibritumomab"},
    "I-124": {"iodide"},
    "I-125": {"seeds", "albumin"},
    "I-131": {"iodide-therapy", "mibg", "metuximab", "chtnt"},
    "Lu-177": {"dotatate", "psma-617"},
    "Y-90": {"microspheres", "ibritumomab"},
}  # fmt: skip
OF_PROGRAMMES = (
    "Tc-99m I-125 I-131 Lu-177 C-14 Sr-89 Y-90 Tb-161 Re-186 Re-188 Ra-223 Cu-64 Ac-225 I-123 F-18"
)
# A reading that departs from the preferred one by more than a third, in the same state of the patient.
DEPART = {
    ("tc-99m-mag3", "Andersson 2014"), ("tc-99m-mag3", "London Health Sciences Centre"),
    ("tc-99m-rbc", "Andersson 2014"),
    ("tc-99m-wbc", "Andersson 2014"), ("tc-99m-wbc", "London Health Sciences Centre"),
    ("tc-99m-mebrofenin", "Andersson 2014"), ("tc-99m-mebrofenin", "London Health Sciences Centre"),
    ("tc-99m-etifenin", "Andersson 2014"),
    ("tc-99m-dmsa", "London Health Sciences Centre"), ("tc-99m-hmpao", "London Health Sciences Centre"),
    ("tc-99m-ecd", "London Health Sciences Centre"), ("tc-99m-sulfur-colloid", "London Health Sciences Centre"),
    ("tc-99m-mibi", "London Health Sciences Centre"), ("tl-201-chloride", "ICRP 80"), ("in-111-pentetreotide", "Walker 2013"),
    ("f-18-fdopa", "Andersson 2014"), ("f-18-fdopa", "Andersson 2015"),
    ("c-11-methionine", "Andersson 2014"), ("c-11-methionine", "Andersson 2015"),
    ("f-18-fluoride", "ICRP 53"), ("f-18-fluoride", "IDAC 2.0, ICRP 103"), ("f-18-fet", "IDAC 2.0, ICRP 103"),
    ("n-13-ammonia", "Chin. J. Med. Imaging Technol. 2017"),
    ("ga-68-dotatoc", "Am. J. Nucl. Med. Mol. Imaging 2017"),
}  # fmt: skip


def by_id(drug: Radiopharmaceutical) -> str:
    return drug.id


def test_there_are_at_least_eighty_five_and_the_families_are_complete() -> None:
    assert len(DRUGS) >= 85
    for nuclide, names in FAMILIES.items():
        assert {f"{nuclide.lower()}-{name}" for name in names} <= set(radiopharmaceuticals())
    assert set(OF_PROGRAMMES.split()) <= {drug.nuclide for drug in DRUGS}


@pytest.mark.parametrize("drug", DRUGS, ids=by_id)
def test_a_drug_is_well_formed(drug: Radiopharmaceutical) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", drug.id)
    record = decay_data.record(drug.nuclide)
    assert not record.stable
    assert drug.id.startswith(drug.nuclide.lower() + "-")
    assert drug.kind in KINDS
    assert drug.route
    assert drug.source
    element = parse_nuclide(drug.nuclide).name_zh.partition("-")[0]
    mass_number = drug.nuclide.partition("-")[2]
    marked = f"[{mass_number}{drug.nuclide.partition('-')[0]}]"
    assert marked in drug.name_zh  # 锝[99mTc] or 氨[13N]
    assert element in drug.name_zh or drug.nuclide in {"N-13", "O-15", "C-14"}  # ammonia, water, urea
    symbol = drug.nuclide.partition("-")[0]
    assert f"{symbol}-{mass_number}" in drug.name_en or "breath" in drug.name_en
    assert drug.indication_en
    assert drug.indication_zh
    assert bool(drug.note_en) == bool(drug.note_zh)


@pytest.mark.parametrize("drug", DRUGS, ids=by_id)
def test_each_figure_has_its_source_and_nothing_else(drug: Radiopharmaceutical) -> None:
    assert (drug.activity_high_bq is not None) == bool(drug.activity_source) == bool(drug.activity_basis)
    if drug.activity_high_bq is not None:
        assert drug.activity_basis in BASES
        assert 0 < (drug.activity_low_bq or drug.activity_high_bq) <= drug.activity_high_bq
    else:
        assert drug.activity_low_bq is None
    given = drug.shelf_life_s is not None
    assert given == bool(drug.shelf_life_source) == bool(drug.shelf_life_from)
    if drug.shelf_life_s is not None:
        assert drug.shelf_life_from in {"labelling", "elution", "calibration", "production"}
        # no label lets a drug decay to less than 2^-6 of what it was (Posluma: 10 h, 5.5 half-lives of F-18)
        assert drug.shelf_life_s < 6 * decay_data.half_life_s(drug.nuclide)


def test_generators_feed_what_they_say() -> None:
    known = {(kind.parent, kind.daughter) for kind in generator_kinds.kinds().values()}
    for drug in DRUGS:
        if drug.generator_parent:
            assert (drug.generator_parent, drug.nuclide) in known, drug.id


def test_purity_limits_of_generators_are_those_of_the_generator_table() -> None:
    table = {row["daughter"]: row for row in read_table("generators.csv") if row["limit_ratio"]}
    for limit in purity_limits():
        drug = radiopharmaceutical(limit.drug)
        if limit.species and limit.species == drug.generator_parent:
            assert limit.limit == pytest.approx(float(table[drug.nuclide]["limit_ratio"]), rel=1e-12)


@pytest.mark.parametrize("coefficient", dose_coefficients(), ids=lambda c: f"{c.drug}-{c.publication}")
def test_a_dose_coefficient_is_well_formed(coefficient: DoseCoefficient) -> None:
    assert coefficient.drug in radiopharmaceuticals()
    assert 1e-13 < coefficient.effective_dose_sv_per_bq < 1e-7
    assert bool(coefficient.condition_en) == bool(coefficient.condition_zh)
    assert coefficient.source
    assert coefficient.publication


def test_at_most_one_coefficient_of_a_drug_is_preferred_and_none_of_a_therapy() -> None:
    preferred = [c.drug for c in dose_coefficients() if c.preferred]
    assert len(preferred) == len(set(preferred))
    assert len(preferred) >= 45
    assert {radiopharmaceutical(d).kind for d in preferred} <= set(KINDS) - {"therapy", "precursor"}


def test_readings_depart_from_the_preferred_ones_only_where_listed() -> None:
    preferred = {c.drug: c for c in dose_coefficients() if c.preferred}
    depart = set()
    for c in dose_coefficients():
        if c.drug not in preferred or c.condition_en not in ("", preferred[c.drug].condition_en):
            continue
        if not c.condition_en and preferred[c.drug].condition_en not in ("", "rest"):
            continue
        ratio = c.effective_dose_sv_per_bq / preferred[c.drug].effective_dose_sv_per_bq
        if not 0.75 < ratio < 1.334:
            depart.add((c.drug, c.publication))
    assert depart == DEPART


def test_editions_of_one_publication_agree_with_each_other() -> None:
    """ICRP 53, 80, 106 and 128 read in different copies: one value for one edition and state."""
    seen: dict[tuple[str, str, str], set[float]] = {}
    for c in dose_coefficients():
        if c.publication.startswith("ICRP"):
            key = (c.drug, c.publication, c.condition_en)
            seen.setdefault(key, set()).add(c.effective_dose_sv_per_bq)
    assert {key: values for key, values in seen.items() if len(values) > 1} == {}
    several = [
        k for k in seen if sum((c.drug, c.publication, c.condition_en) == k for c in dose_coefficients()) > 1
    ]
    assert {drug for drug, _, _ in several} >= {"c-14-urea"}


def examinations() -> list[dict[str, str]]:
    with Path(__file__).with_name("procedure_doses.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("row", examinations(), ids=lambda row: f"{row['drug']}-{row['effective_dose_msv']}")
def test_doses_of_examinations_follow_from_activity_and_coefficient(row: dict[str, str]) -> None:
    stated = float(row["effective_dose_msv"]) * 1e-3
    drug = radiopharmaceutical(row["drug"])
    usual = drug.usual_activity_bq()
    if row["activity_mbq"]:  # the source says for which activity
        ours = float(effective_dose_sv(drug.id, float(row["activity_mbq"]) * 1e6))
        assert stated / 1.5 < ours < stated * 1.5
    else:
        assert usual is not None
        low, high = effective_dose_sv(drug.id, np.array(usual))
        assert low / 2.1 < stated < high * 2.1


def test_usual_activities_give_diagnostic_doses_below_twenty_millisievert() -> None:
    above = {}
    for drug in DRUGS:
        usual = drug.usual_activity_bq()
        if usual is None or not any(c.drug == drug.id and c.preferred for c in dose_coefficients()):
            continue
        dose = float(effective_dose_sv(drug.id, usual[1]))
        assert dose > (1e-6 if drug.id == "c-14-urea" else 1e-5), drug.id  # 37 kBq in a breath test
        if dose > 0.02:
            above[drug.id] = round(dose * 1e3)
    assert above == {"ga-67-citrate": 37}  # 370 MBq; the source of the activity itself states 40.7 mSv


def test_a_chinese_name_put_together_says_so() -> None:
    built = [
        row
        for row in read_table("radiopharmaceuticals.csv")
        if re.search(r"\]-[A-Z][a-z]{4}|（I", row["name_zh"])
    ]
    assert len(built) == 10
    for row in built:
        assert "no Chinese drug name was read" in row["note_en"], row["id"]
        assert "未查到中文药品通用名" in row["note_zh"], row["id"]


def test_usual_activity_scales_with_body_mass_only_where_it_is_per_kg() -> None:
    assert radiopharmaceutical("tl-201-chloride").usual_activity_bq(80) == pytest.approx((59.2e6, 88.8e6))
    assert radiopharmaceutical("f-18-fdg").usual_activity_bq(80) == (1e8, 5e8)
    assert radiopharmaceutical("in-111-dtpa").usual_activity_bq() == (0.0, 18.5e6)
    hyperthyroidism, carcinoma = (
        radiopharmaceutical(f"i-131-iodide-{use}") for use in ("therapy", "carcinoma")
    )
    assert hyperthyroidism.activity_basis == "per-g-thyroid"
    assert hyperthyroidism.usual_activity_bq() is None
    assert "carcinoma" not in hyperthyroidism.indication_en
    assert carcinoma.usual_activity_bq() == (1.85e9, 5.55e9)  # no thyroid is left to weigh
    assert radiopharmaceutical("f-18-psma-1007").usual_activity_bq() is None
    with pytest.raises(InputError, match="out of range"):
        radiopharmaceutical("f-18-fdg").usual_activity_bq(0)


@pytest.mark.parametrize("limit", purity_limits(), ids=lambda p: f"{p.drug}-{p.quantity}-{p.species}-{p.at}")
def test_a_purity_limit_is_well_formed(limit: PurityLimit) -> None:
    assert limit.drug in radiopharmaceuticals()
    assert limit.quantity in {"radiochemical", "radionuclidic", "impurity"}
    assert (limit.quantity == "impurity") == bool(limit.species) == (limit.comparison in {"<=", "<"})
    assert limit.at in {"any", "labelling", "calibration", "expiry", "administration"}
    assert limit.authority
    assert limit.source
    assert 0 < limit.limit < 0.2 if limit.species else 0.8 < limit.limit < 1
    if re.fullmatch(r"[A-Z][a-z]?-\d+m?", limit.species):
        assert not decay_data.record(limit.species).stable


def test_a_limit_is_kept_up_to_itself() -> None:
    molybdenum = purity_limits("tc-99m-pertechnetate")[0]
    assert molybdenum.limit == pytest.approx(1.5e-4)
    assert molybdenum.limit_text == "<= 0.15 kBq/MBq"
    assert molybdenum.kept([1.4e-4, 1.5e-4, 1.6e-4]).tolist() == [True, True, False]
    albumin = next(p for p in purity_limits("tc-99m-maa") if p.quantity == "radiochemical")
    assert albumin.kept(np.array([[0.89], [0.9], [0.91]])).tolist() == [[False], [True], [True]]
    more_than = next(p for p in purity_limits("f-18-fdg") if p.quantity == "radiochemical")
    assert more_than.kept([0.95, 0.951]).tolist() == [False, True]
    less_than = next(p for p in purity_limits("tl-201-chloride") if p.species == "Tl-200")
    assert less_than.kept([0.009, 0.01]).tolist() == [True, False]
    with pytest.raises(InputError, match="from 0 to 1"):
        albumin.kept(95)


def test_doses_are_arrays_of_the_shape_given() -> None:
    dose = effective_dose_sv("f-18-fdg", [[0.0, 100e6], [200e6, 370e6]])
    assert dose.shape == (2, 2)
    assert dose[1, 1] == pytest.approx(7.03e-3)
    with pytest.raises(InputError, match="from 0 upwards"):
        effective_dose_sv("f-18-fdg", [-1.0])


def test_what_is_unknown_is_refused_with_a_suggestion() -> None:
    with pytest.raises(InputError, match="did you mean 'f-18-fdg'"):
        radiopharmaceutical("f18-fdg")
    with pytest.raises(InputError, match="dose to organs"):
        dose_coefficient("ra-223-chloride")
    with pytest.raises(InputError, match="lists the gaps"):
        dose_coefficient("tc-99m-dtpa")
    assert purity_limits("tc-99m-phytate") == ()


def test_drugs_are_found_by_nuclide_or_by_the_generator_parent() -> None:
    assert {d.id for d in drugs_with("镓-68")} == {d.id for d in drugs_with("Ge-68")}
    assert [d.id for d in drugs_with("89Sr")] == ["sr-89-chloride"]
    assert len(drugs_with("Mo-99")) == len(drugs_with("Tc-99m")) >= 18
    with pytest.raises(InputError, match="did you mean"):
        drugs_with("镱-177")
