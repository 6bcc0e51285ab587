"""The reference tables against their dictionary, against each other and against the decay data."""

from __future__ import annotations

import math
from datetime import date

import pytest

from becq.errors import InputError
from becq.physics import decay_data
from becq.physics.half_lives import deviating_half_lives, evaluated_half_life
from becq.reports.catalogue.cells import as_json, read_cell
from becq.reports.catalogue.dictionary import STEPS, TYPES, ReferenceColumn, entry, tables
from becq.reports.catalogue.selection import columns_named, find, mentions, read_condition, select
from becq.reports.catalogue.table import file_names, file_text, row_counts, split, table, write_csv
from becq.reports.catalogue.validation import validate, validate_all

NAMES = file_names()


def column(type_: str, **given) -> ReferenceColumn:
    rest = {
        "unit": "", "required": True, "key": False, "reference": "", "choices": (), "choices_zh": (),
        "label_en": "", "label_zh": "", "meaning_en": "", "meaning_zh": "",
    }  # fmt: skip
    return ReferenceColumn("c", type_, **{**rest, **given})


# --- every table that is shipped ---------------------------------------------------------------------


def test_every_file_is_in_the_dictionary_and_the_other_way_round():
    assert set(NAMES) == set(tables())


@pytest.mark.parametrize("name", NAMES)
def test_every_column_is_in_the_dictionary_in_the_order_of_the_file(name):
    assert [each.name for each in entry(name).columns] == split(file_text(name))[0]


@pytest.mark.parametrize("name", NAMES)
def test_a_table_holds_what_the_dictionary_says(name):
    assert [str(problem) for problem in validate(name)] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_dictionary_says_everything_in_both_languages(name):
    found = entry(name)
    assert found.step in STEPS
    assert found.title_en
    assert found.about_en.endswith(".")
    assert any("\u4e00" <= letter <= "\u9fff" for letter in found.title_zh + found.about_zh)
    assert bool(found.gaps_en) == bool(found.gaps_zh)
    for each in found.columns:
        assert each.type in TYPES
        assert each.label_en
        assert each.label_zh
        assert each.meaning_en
        assert each.meaning_zh
        assert bool(each.choices) == (each.type == "choice")
        assert len(each.choices_zh) in {0, len(each.choices)}
        if each.type in {
            "text",
            "texts",
            "flag",
            "choice",
            "date",
            "nuclide",
            "isotope",
            "reaction",
            "reactions",
        }:
            assert each.unit == ""


@pytest.mark.parametrize("name", NAMES)
def test_rows_name_their_source_or_the_table_says_what_it_rests_on(name):
    columns = [each.name for each in entry(name).columns]
    sources = [each for each in entry(name).columns if each.name == "source"]
    assert entry(name).basis_en
    assert entry(name).basis_zh
    if sources:
        assert sources[0].required
    else:
        assert name == "generators" or "ours" in entry(name).basis_en or "of Becq" in entry(name).basis_en, (
            columns
        )


@pytest.mark.parametrize("name", NAMES)
def test_a_unit_in_the_name_of_a_column_is_the_unit_of_the_dictionary(name):
    endings = {
        "_msv_h": "mSv/h", "_bq_g": "Bq/g", "_cm2_g": ("cm2/g", "MeV cm2/g"), "_sv_gy": "Sv/Gy", "_tbq": "TBq",
        "_bq": "Bq", "_mev": "MeV", "_kev": "keV", "_ev": "eV", "_mb": "mb", "_s": "s", "_h": "h", "_d": "d",
    }  # fmt: skip
    for each in entry(name).columns:
        ending = next((tail for tail in endings if each.name.endswith(tail)), None)
        if ending and each.type in {"number", "integer", "numbers"}:
            unit = endings[ending]
            assert each.unit in (unit if isinstance(unit, tuple) else (unit,)), each.name


def test_the_documents_that_the_dictionary_names_are_there():
    from pathlib import Path

    root = Path(__file__).resolve().parents[2]
    assert {found.doc for found in tables().values() if not (root / found.doc).is_file()} == set()


def test_half_lives_agree_with_the_decay_data():
    """Within 1 % or two standard uncertainties; the exceptions are those of NUBASE2020 that are told."""
    told = {row.name for row in deviating_half_lives()}
    found = table("half_life_uncertainties")
    off = {}
    for name, half_life_s, sigma_s, *_ in found.rows:
        used = decay_data.half_life_s(name)
        if abs(used - half_life_s) > max(0.01 * half_life_s, 2 * sigma_s):
            off[name] = used / half_life_s
    assert set(off) == told
    assert all(0.5 < ratio < 3 for ratio in off.values())
    # whoever is off by a quarter or more is known by name
    assert {name for name, ratio in off.items() if not 0.8 < ratio < 1.25} == {
        "At-215", "Cs-135", "Rn-216", "Sm-146", "V-50", "Fe-60", "Tc-97", "Pt-190", "Ag-116",
    }  # fmt: skip


def test_everything_is_validated_at_once():
    assert validate_all() == []


# --- what is wrong is found --------------------------------------------------------------------------


def said(name: str, text: str) -> list[tuple[int | None, str | None, str]]:
    return [(each.row, each.column, each.message) for each in validate(name, text)]


D_VALUES = "nuclide,d_tbq,second_reading,source,note\n"


@pytest.mark.parametrize(
    ("text", "row", "where", "message"),
    [
        (D_VALUES + "Ir-192,0.08,yes,,\n", 2, "source", "empty, but required"),
        (D_VALUES + "Ir-192,,yes,s,\n", 2, "d_tbq", "empty, but required"),
        (D_VALUES + "Ir-192,much,yes,s,\n", 2, "d_tbq", "'much' is not a number"),
        (D_VALUES + "Ir-192,nan,yes,s,\n", 2, "d_tbq", "'nan' is not a number"),
        (D_VALUES + "Ir-192,0.08,true,s,\n", 2, "second_reading", "neither yes nor no"),
        (D_VALUES + "Ir-192,0.08,yes,s,\nIr-192,0.09,yes,s,\n", 3, "nuclide", "Ir-192 is already in row 2"),
        (D_VALUES + "Ir-1192,0.08,yes,s,\n", 2, "nuclide", "not a canonical nuclide name"),
        (D_VALUES + "Ir-150,0.08,yes,s,\n", 2, "nuclide", "no nuclide Ir-150 in ICRP-107"),
        (D_VALUES + "Ir-192,0.08,yes,s\n", 2, None, "4 cells, but the header has 5"),
        (D_VALUES + "Ir-192,0.08,yes, s,\n", 2, "source", "begins or ends with a space"),
        ("nuclide,d_tbq,second_reading,note\nIr-192,0.08,yes,\n", 1, "source", "the column is missing"),
        (D_VALUES.replace("note", "notes") + "Ir-192,0.08,yes,s,\n", 1, "notes", "does not describe this column"),
        (D_VALUES.replace("note", "source") + "Ir-192,0.08,yes,s,s\n", 1, "source", "there 2 times"),
    ],
)  # fmt: skip
def test_a_problem_is_said_with_row_and_column(text, row, where, message):
    found = [each for each in said("d_values", text) if message in each[2]]
    assert found
    assert found[0][:2] == (row, where)


def test_a_sound_table_has_no_problem():
    assert said("d_values", D_VALUES + "Ir-192,0.08,yes,s,\nTb-160,inf,no,s,a note\n") == []


def test_a_choice_a_reference_and_a_date_are_held_to():
    row = "air,20,1.407,0.512,0.161,14.4,-0.0862,s\n"
    head = "material,density_g_cm3,buildup,source,note\n"
    assert said("buildup", "material,energy_kev,b,c,a,xk,d,source\n" + row) == []
    assert said("shield_materials", head + "lead,11.35,lead,s,\n") == []
    assert "none of air" in said("shield_materials", head + "lead,11.35,leed,s,\n")[0][2]
    head = "drug,quantity,species,comparison,limit,unit,at,authority,source,note_en,note_zh\n"
    (problem,) = validate("purity_limits", head + "tc-99m-dmas,radiochemical,,>=,95,%,labelling,label,s,,\n")
    assert problem.message == "'tc-99m-dmas' is not in radiopharmaceuticals.id"
    assert "'tc-99m-dmsa'" in problem.remedy
    head = "nuclide,end_point_kev,intensity,shape,daughter_z,source\n"
    assert "none of allowed" in said("beta_spectra", head + "Y-90,2280,1,forbidden,40,s\n")[0][2]
    assert "whole number" in said("beta_spectra", head + "Y-90,2280,1,allowed,40.5,s\n")[0][2]
    assert read_cell("2026-11-25", column("date")) == date(2026, 11, 25)
    with pytest.raises(InputError, match="not a day"):
        read_cell("25.11.2026", column("date"))


def test_a_reference_within_one_table_is_looked_up_in_the_text_itself():
    heads, lines = split(file_text("divisions"))
    province = next(cells for cells in lines if cells[heads.index("level")] == "province")
    county = next(cells for cells in lines if cells[heads.index("parent")] == province[0])
    assert validate("divisions", write_csv(heads, [province, county])) == []
    (problem,) = validate("divisions", write_csv(heads, [county]))
    assert problem.column == "parent"


def test_without_a_key_the_same_row_twice_is_a_problem():
    row = "Pm-151,1019,0.01,allowed,62,ENSDF (NNDC)\n"
    head = "nuclide,end_point_kev,intensity,shape,daughter_z,source\n"
    assert said("beta_spectra", head + row + row.replace("0.01", "0.02")) == []
    assert "the whole row is already in row 2" in said("beta_spectra", head + row + row)[0][2]


@pytest.mark.parametrize(
    ("half_life_s", "wrong"),
    [(decay_data.half_life_s("Lu-177"), False), (574300.8 * 1.005, False), (574300.8 * 1.03, True), (6.6, True)],
)  # fmt: skip
def test_a_half_life_that_is_not_that_of_the_decay_data_is_a_problem(half_life_s, wrong):
    head = "nuclide,half_life_s,uncertainty_s,source,state,note\n"
    found = validate("half_life_uncertainties", f"{head}Lu-177,{half_life_s},100,s,177Lu,\n")
    assert bool(found) == wrong
    if wrong:
        assert "is not the half-life of Lu-177" in found[0].message
        assert "574301 s" in found[0].remedy


@pytest.mark.parametrize(("sigmas", "wrong"), [(0, False), (1.9, False), (-1.9, False), (2.5, True)])
def test_a_half_life_may_be_off_by_two_standard_uncertainties(sigmas, wrong):
    known = evaluated_half_life("Sn-126")  # ± 6 %; ICRP-107 has the same value
    half_life_s = known.half_life_s + sigmas * known.uncertainty_s
    head = "nuclide,half_life_s,uncertainty_s,source,state,note\n"
    assert bool(validate("half_life_uncertainties", f"{head}Sn-126,{half_life_s},1,s,126Sn,\n")) == wrong


def test_a_file_that_nobody_described_is_a_problem(monkeypatch):
    from becq.reports.catalogue import validation

    monkeypatch.setattr(validation, "file_names", lambda: ("d_values", "new_table"))
    (problem,) = validate_all()
    assert problem.file == "new_table.csv"


# --- reading and selecting ---------------------------------------------------------------------------


def test_cells_are_typed():
    found = table("transport_limits")
    names = [each.name for each in found.columns]
    row = dict(zip(names, found.rows[[cells[0] for cells in found.texts].index("Mo-99")], strict=True))
    assert row["a1_tbq"] == 1.0
    assert row["exempt_concentration_bq_g"] == 100.0
    assert row["form"] is None
    assert isinstance(row["progeny_included"], tuple)
    assert table("package_categories").rows[0][7] is False
    assert table("natural").rows[0][1] == (1.0, 2.0)
    assert len(found.rows) == row_counts()["transport_limits"] == len(found.texts)


def test_sources_are_listed_once_the_most_frequent_first():
    assert table("photon_lines").sources == ("ENSDF (NNDC)", "ICRP-107 (2008)")
    assert table("accelerator_routes").sources == ()


def test_json_holds_no_infinity():
    assert as_json(math.inf) == "inf"
    assert as_json(("Mo-99", "Tc-99m")) == ["Mo-99", "Tc-99m"]
    assert as_json(date(2026, 11, 25)) == "2026-11-25"
    assert as_json(None) is None


@pytest.mark.parametrize(
    ("name", "remedy"), [("transport_limit", "transport_limits"), ("d-value", "d_values"), ("xyz", "becq data list")]
)  # fmt: skip
def test_an_unknown_table_is_refused_with_what_was_meant(name, remedy):
    with pytest.raises(InputError, match=remedy):
        table(name)


def test_a_table_may_be_named_by_its_file():
    assert entry("d_values.csv") is entry("d-values") is entry("d_values")


def chosen(name: str, *conditions: str) -> list[str]:
    found = table(name)
    rows = select(found, [read_condition(found, each) for each in conditions])
    return [found.texts[row][0] for row in rows]


def test_conditions_narrow_the_rows():
    assert chosen("transport_limits", "nuclide=99Mo") == ["Mo-99"]
    assert chosen("transport_limits", "nuclide = 钼-99") == ["Mo-99"]
    unlimited = chosen("transport_limits", "a1_tbq=inf")
    assert "Be-10" not in unlimited
    assert set(unlimited) == {c[0] for c in table("transport_limits").texts if c[2] == "inf"}
    assert "Cs-137" in chosen("transport_limits", "progeny_included=Ba-137m")
    least = chosen("transport_limits", "a2_tbq<0.001", "a2_tbq>=0.0007")
    assert least
    assert all(
        0.0007 <= row[3] < 0.001 for row in table("transport_limits").rows if row[0] in least and row[1] is None
    )  # fmt: skip
    assert "Tb-161" not in chosen("transport_limits", "second_reading!=exempt")
    assert chosen("package_categories", "exclusive_use=yes") == ["III-YELLOW"]
    assert len(chosen("transport_limits", "form=")) == 368
    without = [row for row in table("neutron_cross_sections").rows if row[3] is None]
    below = len(chosen("neutron_cross_sections", "thermal_b<1"))
    above = len(chosen("neutron_cross_sections", "thermal_b>=1"))
    assert below + above + len(without) == row_counts()["neutron_cross_sections"]
    assert chosen("d_values", "source~POLISH") == []


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("nuclid=Mo-99", "no column 'nuclid'; did you mean 'nuclide'"),
        ("nuclide", "write it like"),
        ("=Mo-99", "write it like"),
        ("nuclide>Mo-99", "no order"),
        ("a1_tbq>", "no value"),
        ("a1_tbq=one", "'one' is not a number"),
        ("nuclide=Xy-99", "Xy"),
        ("second_reading~", "nothing to look for"),
        ("form=slow", "none of"),
    ],
)
def test_a_wrong_condition_is_refused(condition, message):
    with pytest.raises(InputError, match=message):
        read_condition(table("transport_limits"), condition)


def test_a_list_of_numbers_has_no_order():
    with pytest.raises(InputError, match="lists of numbers"):
        read_condition(table("natural"), "mass_numbers=98")


def test_finding_a_nuclide_does_not_find_longer_names():
    found = table("d_values")
    assert [found.texts[row][0] for row in find(found, "99Tc")] == ["Tc-99"]
    assert [found.texts[row][0] for row in find(found, "tc-99")] == ["Tc-99"]
    several = {found.texts[row][0] for row in find(found, "Tc-9")}
    assert {"Tc-99", "Tc-99m", "Tc-98"} <= several


def test_a_nuclide_is_found_in_all_tables_as_often_as_in_each():
    counts = mentions("lu177")
    assert {"transport_limits", "d_values", "exemption_levels", "photon_lines", "beta_spectra"} <= set(counts)
    assert "buildup" not in counts
    assert counts["d_values"] == 1
    for name, count in counts.items():
        assert count == len(find(table(name), "Lu-177"))
    # Lu-177m is another nuclide, in reactions too
    assert len(mentions("Lu-177m")) < len(counts)
    assert find(table("accelerator_routes"), "Tc-99") == []
    assert len(find(table("accelerator_routes"), "Tc-99m")) >= 1
    assert mentions(" ") == {}
    assert mentions("no such text anywhere") == {}


def test_columns_are_named_in_any_order():
    assert columns_named(table("d_values"), ["note", "nuclide"]) == [4, 0]
    with pytest.raises(InputError, match="'note'"):
        columns_named(table("d_values"), ["notes"])
