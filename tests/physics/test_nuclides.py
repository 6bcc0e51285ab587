"""Every spelling that must be read, and every near miss that must not."""

import csv
from pathlib import Path

import pytest

from becq.errors import InputError
from becq.physics import decay_data
from becq.physics.elements import elements, find_element, natural_isotopes, read_table
from becq.physics.nuclides import nuclide, parse_nuclide

REFERENCE = Path(__file__).parents[1] / "reference"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        *(
            (t, "Tc-99m")
            for t in ("Tc-99m", "99mTc", "Tc99m", "tc-99M", "99MTC", "^99mTc", "^{99m}Tc", "⁹⁹ᵐTc")
        ),
        *(
            (t, "Tc-99m")
            for t in ("锝-99m", "锝[99mTc]", "鎝-99m", "鍀-99m", "99m锝", "锝99m", "锝（Ｔｃ－９９ｍ）")
        ),
        *((t, "Tc-99m") for t in ("Ｔｃ－９９ｍ", "technetium-99m", "Technetium 99 m", " Tc–99m ", "Tc‑99m")),
        *(
            (t, "I-131")
            for t in ("碘[131I]", "Iodine 131", "131 iodine", "[131I]", "I131", "碘-131", "i-131")
        ),
        *(
            (t, "Tc-99m")
            for t in (
                "99Tcm",
                "⁹⁹Tcᵐ",
                "99Tc^m",
                "99Tc m",
                "锝[99Tcm]",
                "锝（９９Ｔｃｍ）",
                "99TCM",
                "99Tcm1",
            )
        ),
        ("113Inm", "In-113m"),
        ("177Lum", "Lu-177m"),
        ("147Pm", "Pm-147"),
        ("[18F]", "F-18"),
        ("99mo", "Mo-99"),
        ("99Mo", "Mo-99"),
        ("56mn", "Mn-56"),
        ("52mMn", "Mn-52m"),
        ("113mIn", "In-113m"),
        ("Bi-212n", "Bi-212n"),
        ("Lu-177g", "Lu-177"),
        ("鑥-177", "Lu-177"),
        ("鎦-177", "Lu-177"),
        ("镥-177m", "Lu-177m"),
        ("砈-211", "At-211"),
        ("cesium-137", "Cs-137"),
        ("T", "H-3"),
        ("氚", "H-3"),
        ("Yb-176", "Yb-176"),
        ("100Mo", "Mo-100"),
        ("Yb-177!", "Yb-177"),
        ("镱-177！", "Yb-177"),
    ],
)
def test_reads_every_spelling(text: str, name: str) -> None:
    assert parse_nuclide(text).name == name


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "镱-177",
            'Yb-177 has a half-life of 1.9 h; did you mean Lu-177 (镥-177)? Write "Yb-177!" to insist',
        ),
        ("铯-225", "There is no nuclide Cs-225 (铯-225); did you mean Ac-225 (锕-225)?"),
        ("Cs-225!", "did you mean Ac-225 (锕-225)?"),
        ("镱-166", "did you mean Dy-166 (镝-166) or Ho-166 (钬-166)?"),
        ("铟-166", "did you mean Dy-166 (镝-166) or Ho-166 (钬-166)?"),
        ("钼-99m", "did you mean Mo-99 (钼-99) or Tc-99m (锝-99m)?"),
        ("砷[At-211]", "names two elements, 砷 (As) and 砹 (At); did you mean At-211 (砹-211)?"),
        ("鎝", "its radionuclides commonly used: Tc-99m"),
        ("Lu", "commonly used: Lu-177, Lu-177m"),
        ("Lu-117", "did you mean Lu-177 (镥-177)"),
        ("technecium-99m", "did you mean Tc-99m (锝-99m)?"),
        *((t, "did you mean Tc-99m (锝-99m)?") for t in ("Tc.99m", "Tc/99m", "Tc,99m", "锝.99m", "99m/Tc")),
        *((t, "did you mean Tl-201 (铊-201)?") for t in ("TI-201", "T1-201", "ti-201", "201TI")),
        *((t, "did you mean I-131 (碘-131)?") for t in ("1-131", "l-131", "I-l31")),
        ("F-l8", "did you mean F-18 (氟-18)?"),
        ("Y-9O", "did you mean Y-90 (钇-90)?"),
        ("Rh-188", "did you mean Re-188 (铼-188)?"),
        ("碘[131I]化钠", "names a compound; did you mean I-131 (碘-131)?"),
        ("碘化钠[131I]", "names a compound; did you mean I-131 (碘-131)?"),
        ("氟[18F]脱氧葡糖", "names a compound; did you mean F-18 (氟-18)?"),
        ("Xq-99", 'no element "Xq"; did you mean Mo-99'),
        ("钼-99/锝-99m", "names more than one nuclide"),
        ("磁-99", "磁 is not the name of an element"),
        ("177", "write element and mass number"),
        ("", "A nuclide is missing"),
        ("no such thing", "is not a nuclide"),
    ],
)
def test_refuses_near_misses_with_a_suggestion(text: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        parse_nuclide(text)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_names_in_all_scripts() -> None:
    tc = nuclide("Tc-99m")
    assert (tc.z, tc.a, tc.state, tc.symbol) == (43, 99, "m", "Tc")
    assert (tc.name_zh, tc.name_zh_hant, tc.name_en) == ("锝-99m", "鎝-99m", "technetium-99m")
    assert tc.isotope_markup == "⁹⁹ᵐTc"
    assert tc.half_life_s == pytest.approx(6.015 * 3600)
    assert not tc.stable


def test_isomers_keep_their_own_half_lives() -> None:
    # some tables drop the state and give Lu-177 the 7 minutes of an isomer
    assert nuclide("Lu-177").half_life_s == pytest.approx(6.647 * 86400)
    assert nuclide("Lu-177m").half_life_s == pytest.approx(160.4 * 86400)


def test_canonical_names_are_never_second_guessed() -> None:
    assert nuclide("Yb-177").name == "Yb-177"
    for text in ("99mTc", "Cs-225", "镱-177", "Zz-1"):
        with pytest.raises(InputError):
            nuclide(text)


def test_targets_found_in_nature_are_stable() -> None:
    for name in [
        "Ir-191",
        "Yb-176",
        "Gd-160",
        "Xe-124",
        "Mo-100",
        "Ge-72",
        "Si-28",
        "C-13",
        "B-11",
        "He-3",
        "Zn-68",
        "Ni-64",
        "Te-130",
    ]:
        assert nuclide(name).stable, name
        assert nuclide(name).decay_const == 0
    assert nuclide("K-40").half_life_s == pytest.approx(decay_data.half_life_s("K-40"))


def test_every_radionuclide_is_read_back_from_its_own_names() -> None:
    typed = {row["typed"] for row in read_table("lookalikes.csv")}
    for name in decay_data.names():
        n = nuclide(name)
        for text in (
            n.name,
            n.name_zh,
            n.name_zh_hant,
            n.name_en,
            n.isotope_markup,
            f"{n.a}{n.state}{n.symbol}",
            f"{n.a}{n.symbol}{n.state}",
        ):
            assert parse_nuclide(text + "!" * (name in typed)).name == name, text


def test_elements_are_118_and_each_word_means_one() -> None:
    table = elements()
    assert [e.z for e in table.values()] == list(range(1, 119))
    for e in table.values():
        for word in (e.symbol, e.name_en, e.name_zh, e.name_zh_hant, *e.aliases):
            assert find_element(word) is e, word
        assert all(nuclide(n).symbol == e.symbol for n in e.common)


def test_lookalikes_point_to_nuclides() -> None:
    for row in read_table("lookalikes.csv"):
        assert row["source"]
        assert all(nuclide(n) for n in row["meant"].split(";"))


def test_natural_isotopes_belong_to_elements() -> None:
    assert set(natural_isotopes()) <= set(elements())
    assert sum(map(len, natural_isotopes().values())) == 288


def test_half_lives_agree_with_a_second_source() -> None:
    with (REFERENCE / "half_lives.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            tolerance = float(row["relative_tolerance"])
            assert nuclide(row["nuclide"]).half_life_s == pytest.approx(
                float(row["half_life_s"]), rel=tolerance
            )
