"""Reference data as pages: every table, every row with its source, in both languages."""

from __future__ import annotations

import csv
import html
import io
import json
import re

import pytest
from django.test import Client
from python_calamine import load_workbook

from becq.reports.catalogue.dictionary import STEPS, tables
from becq.reports.catalogue.selection import mentions
from becq.reports.catalogue.table import file_text, row_counts, table
from becq.web.tables import exact

pytestmark = pytest.mark.django_db

NAMES = list(tables())


@pytest.fixture
def chinese_page(client, person):
    client.force_login(person)
    client.cookies["django_language"] = "zh-hans"
    return client


def text_of(answer) -> str:
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body)))


def first_cells(answer) -> list[str]:
    body = answer.content.decode().split("<tbody>")[1].split("</tbody>")[0]
    cells = re.findall(r'<th scope="row"[^>]*>(.*?)</th>', body, re.DOTALL)
    return [html.unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in cells]


def test_a_stranger_is_sent_to_the_sign_in_page():
    for address in ("/data/", "/data/d_values/"):
        assert Client().get(address).status_code == 302


def test_every_role_may_read(client, person):
    client.force_login(person)
    for role in ("hospital", "dispatcher", "regulator", "rso"):
        person.role = role
        person.save()
        assert client.get("/data/d_values/").status_code == 200


def test_the_index_lists_every_table_by_its_step(browser_page):
    answer = browser_page.get("/data/")
    seen, body = text_of(answer), answer.content.decode()
    for name, entry in tables().items():
        assert f'href="/data/{name}/"' in body
        assert entry.title_en in seen
        assert entry.about_en in seen
    for step in {entry.step for entry in tables().values()}:
        assert STEPS[step][0] in seen
    assert f"{row_counts()['photon_lines']:,}" in seen
    assert 'aria-current="page"' in body.split('class="rail"')[1].split("</nav>")[0].split("/data/")[1][:60]


def test_the_index_is_searched_by_words_columns_and_sources(browser_page):
    def found(text: str) -> set[str]:
        body = browser_page.get("/data/", {"q": text}).content.decode()
        return set(re.findall(r'<a href="/data/(\w+)/"', body.split("<tbody>")[-1]))

    assert {"d_values", "source_categories"} <= found("D-value")
    assert "photon_lines" not in found("D-value")
    assert "transport_limits" in found("a1_tbq")
    assert "fission_yields" in found("裂变产额")
    assert "Nothing matches" in text_of(browser_page.get("/data/", {"q": "no such thing"}))


def test_a_nuclide_is_found_in_every_table_that_has_it(browser_page):
    answer = browser_page.get("/data/", {"q": "镥-177"})
    body = answer.content.decode()
    for name, count in mentions("Lu-177").items():
        link = re.search(rf'<a href="(/data/{name}/\?q=[^"]+)">([\d,]+)</a>', body)
        assert link, name
        assert int(link[2].replace(",", "")) == count
    address = re.search(r'<a href="(/data/d_values/\?q=[^"]+)"', body)[1]
    assert first_cells(browser_page.get(html.unescape(address))) == ["¹⁷⁷Lu"]
    assert 'href="/data/buildup/"' not in body.split("<tbody>")[-1]
    assert "Rows found" not in text_of(browser_page.get("/data/"))


@pytest.mark.parametrize("name", NAMES)
def test_a_table_shows_rows_units_columns_and_sources(browser_page, name):
    answer = browser_page.get(f"/data/{name}/")
    assert answer.status_code == 200
    seen, body = text_of(answer), answer.content.decode()
    found = table(name)
    assert found.entry.title_en in seen
    assert found.entry.gaps_en in seen
    for column in found.columns:
        assert column.label_en in seen
        assert column.meaning_en in seen
    assert f"becq data show {name}" in seen
    assert f"of {len(found.rows)}" in seen
    for number in range(1, len(found.sources) + 1):
        assert f'id="source-{number}"' in body
    if found.sources:
        assert re.search(r'href="#source-\d+"', body)
    assert "style=" not in body.replace("data-style=", "")
    assert not re.search(r"<script>|\son\w+=", body)


@pytest.mark.parametrize("name", NAMES)
def test_in_chinese_titles_heads_and_meanings_are_chinese(chinese_page, name):
    seen = text_of(chinese_page.get(f"/data/{name}/"))
    entry = tables()[name]
    assert entry.title_zh in seen
    assert entry.about_zh in seen
    assert entry.gaps_zh in seen
    for column in entry.columns:
        assert column.label_zh in seen
        assert column.meaning_zh in seen
        if column.meaning_en != column.meaning_zh:
            assert f" {column.meaning_en} " not in seen


def test_nuclides_are_set_as_in_running_text(browser_page):
    assert "¹³¹I" in text_of(browser_page.get("/data/d_values/", {"q": "131I"}))
    assert "⁶⁴Ni(p,n)⁶⁴Cu" in text_of(browser_page.get("/data/accelerator_routes/", {"q": "Cu-64"}))


def test_nuclides_are_set_in_chinese(chinese_page):
    assert "碘-131" in text_of(chinese_page.get("/data/d_values/", {"q": "I-131"}))
    assert "镍-64(p,n)铜-64" in text_of(chinese_page.get("/data/accelerator_routes/", {"q": "Cu-64"}))


def test_a_nuclide_in_any_spelling_is_found_alone(browser_page):
    assert first_cells(browser_page.get("/data/transport_limits/", {"q": "99Tc"})) == ["⁹⁹Tc"]
    assert first_cells(browser_page.get("/data/exemption_levels/", {"q": "锝-99m"})) == ["⁹⁹ᵐTc"]
    # what contains it as progeny is found too
    assert "⁹⁹Mo" in first_cells(browser_page.get("/data/transport_limits/", {"q": "99mTc"}))


def test_rows_are_sorted_by_value_and_paged(browser_page):
    answer = browser_page.get("/data/d_values/", {"sort": "d_tbq"})
    least = min(row[1] for row in table("d_values").rows)
    lowest = {row[0] for row in table("d_values").rows if row[1] == least}
    assert len(first_cells(answer)) == 50
    assert f"1–50 of {row_counts()['d_values']}" in text_of(answer)
    shown = re.search(r"<tbody>\s*<tr>.*?</tr>", answer.content.decode(), re.DOTALL)[0]
    assert exact(least) in html.unescape(shown)
    assert len(lowest) >= 1
    last = browser_page.get("/data/photon_lines/", {"page": "242"})
    assert f"of {row_counts()['photon_lines']}" in text_of(last)


def test_choices_filter(browser_page):
    only = {row[0] for row in table("d_values").rows if row[2] is False}
    answer = browser_page.get("/data/d_values/", {"second_reading": "no", "rows": "200"})
    assert len(first_cells(answer)) == len(only) == 54
    body = browser_page.get("/data/transport_limits/").content.decode()
    assert '<option value="slow lung absorption">' in body
    assert "Nothing matches" in text_of(browser_page.get("/data/d_values/", {"second_reading": "perhaps"}))


def test_csv_has_the_cells_of_the_file_for_what_is_shown(browser_page):
    answer = browser_page.get("/data/package_categories/", {"export": "csv"})
    assert answer["Content-Type"].startswith("text/csv")
    assert 'filename="package_categories.csv"' in answer["Content-Disposition"]
    assert answer.content.decode() == file_text("package_categories")
    answer = browser_page.get(
        "/data/d_values/", {"export": "csv", "q": "Ir-192", "columns": "nuclide.d_tbq", "page": "3"}
    )
    assert list(csv.reader(io.StringIO(answer.content.decode()))) == [
        ["nuclide", "d_tbq"],
        ["Ir-192", "0.08"],
    ]


def test_the_workbook_has_numbers_units_and_unlimited_as_text(browser_page):
    answer = browser_page.get("/data/transport_limits/", {"export": "xlsx", "q": "Mo-99"})
    heads, row = load_workbook(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    cells = dict(zip(heads, row, strict=True))
    assert cells["A1 (TBq)"] == 1.0
    assert cells["Nuclide"] == "Mo-99"
    assert "ADR/RID 2025" in cells["Source"]
    answer = browser_page.get("/data/transport_limits/", {"export": "xlsx"})
    rows = load_workbook(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert len(rows) == row_counts()["transport_limits"] + 1
    assert "inf" in {row[2] for row in rows}


@pytest.mark.parametrize("name", NAMES)
def test_every_table_can_be_exported(browser_page, name):
    answer = browser_page.get(f"/data/{name}/", {"export": "xlsx", "q": "a"})
    assert answer["Content-Type"].startswith("application/vnd.openxmlformats")


def test_a_reference_leads_to_the_row_of_the_other_table(browser_page):
    body = browser_page.get("/data/shield_materials/").content.decode()
    assert 'href="/data/buildup/?q=lead"' in body
    assert first_cells(browser_page.get("/data/buildup/", {"q": "lead"}))


@pytest.mark.parametrize(
    ("name", "curves"),
    [
        ("recommended_elements", 3),
        ("measured_cross_sections", 1),
        ("photonuclear_cross_sections", 1),
        ("isomer_shares", 1),
        ("photon_materials", 1),
    ],
)
def test_a_row_with_lists_is_drawn(browser_page, name, curves):
    body = browser_page.get(f"/data/{name}/").content.decode()
    assert "data-island" not in body
    assert 'href="?row=1#curve"' in body
    body = browser_page.get(f"/data/{name}/", {"row": "1"}).content.decode()
    drawn = re.findall(r'<script type="application/json" id="curve-[^"]+">(.*?)</script>', body, re.DOTALL)
    assert len(drawn) == (2 if name == "photon_materials" else 1)
    data = json.loads(drawn[0])
    assert len(data["curves"]) == curves
    found = table(name)
    lists = [cell for cell in found.rows[0] if isinstance(cell, tuple)]
    assert data["curves"][0]["points"] == [list(pair) for pair in zip(*lists[:2], strict=True)]
    if curves == 3:
        (x, y), u = data["curves"][0]["points"][5], lists[2][5]
        assert data["curves"][1]["points"][5] == pytest.approx([x, y + u])
        assert data["curves"][2]["points"][5] == pytest.approx([x, y - u])
    assert data["x"]["kind"] == "energy"
    for beyond in ("0", "99999", "x", "-1"):
        assert "data-island" not in browser_page.get(f"/data/{name}/", {"row": beyond}).content.decode()


def test_the_link_to_a_drawing_is_in_no_export(browser_page):
    heads = (
        browser_page.get("/data/measured_cross_sections/", {"export": "csv"}).content.decode().splitlines()[0]
    )
    assert heads == file_text("measured_cross_sections").splitlines()[0]
    answer = browser_page.get("/data/measured_cross_sections/", {"export": "xlsx"})
    heads = load_workbook(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()[0]
    assert "Curve" not in heads


def test_a_table_that_there_is_not_is_not_found(browser_page):
    assert browser_page.get("/data/nothing/").status_code == 404


def test_the_palette_finds_tables_in_both_languages(browser_page):
    for text in ("D-value", "d_values", "D 值"):
        hits = json.loads(browser_page.get("/palette/", {"q": text}).content)["hits"]
        assert "/data/d_values/" in {hit["href"] for hit in hits}
    hits = json.loads(browser_page.get("/palette/", {"q": "lutetium-177"}).content)["hits"]
    assert "/data/?q=Lu-177" in {hit["href"] for hit in hits}
    hits = json.loads(browser_page.get("/palette/", {"q": "reference"}).content)["hits"]
    assert "/data/" in {hit["href"] for hit in hits}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2910, "2910"),
        (0.0003, "0.0003"),
        (9e-5, "9×10⁻⁵"),
        (1e6, "10⁶"),
        (388781329.0, "3.88781329×10⁸"),
        (574300.8, "574300.8"),
        (-0.0862, "-0.0862"),
        (0.0, "0"),
        (float("inf"), "unlimited"),
        (0.004375, "0.004375"),
    ],
)
def test_numbers_keep_all_their_figures(value, text):
    from django.utils import translation

    with translation.override("en"):
        assert exact(value) == text


def test_texts_stand_in_the_language_of_the_page_names_in_both(browser_page):
    def heads() -> str:
        page = browser_page.get("/data/radiopharmaceuticals/").content.decode()
        return re.sub(r"<[^>]+>", " ", page.split("<thead>")[1].split("</thead>")[0])

    english = heads()
    assert "Use " in english
    assert "Use in Chinese" not in english
    assert "English name" in english
    assert "Chinese name" in english
    browser_page.cookies["django_language"] = "zh-hans"
    chinese = heads()
    assert "适应证（英文）" not in chinese
    assert "适应证" in chinese
    assert "英文名称" in chinese
    everything = browser_page.get("/data/radiopharmaceuticals/", {"export": "csv"}).content.decode()
    assert everything.splitlines()[0] == file_text("radiopharmaceuticals").splitlines()[0]
