"""Calculators as pages: what is asked stands in the address, what is wrong beside its field."""

from __future__ import annotations

import html
import json
import re

import pytest
from django.test import Client
from django.utils import translation

from becq.calculators import registry
from becq.physics.units import raised
from becq.web.templatetags.calculators import cited, prose, set_nuclides

pytestmark = pytest.mark.django_db

NAMES = registry.names()


@pytest.fixture
def chinese_page(client, person):
    client.force_login(person)
    client.cookies["django_language"] = "zh-hans"
    return client


def text_of(answer) -> str:
    """What a reader sees: without markup, spaces joined."""
    body = answer.content.decode()
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", body, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body)))


def asked(name: str) -> dict[str, str]:
    return dict(registry.calculator(name).examples[0][1])


def test_a_stranger_is_sent_to_the_sign_in_page():
    for address in ("/calculators/", "/calculators/decay/"):
        assert Client().get(address).status_code == 302


def test_the_index_lists_every_calculator_with_its_examples(browser_page):
    answer = browser_page.get("/calculators/")
    seen = text_of(answer)
    for each in registry.calculators():
        assert each.title.en in seen
        assert f'href="/calculators/{each.name}/"' in answer.content.decode()
        for title, _texts in each.examples:
            assert raised(set_nuclides(title.en)) in seen
    assert 'aria-current="page"' in answer.content.decode().split('class="rail"')[1].split("</nav>")[0]
    assert browser_page.get("/calculators/nothing/").status_code == 404


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_page_offers_a_worked_example_that_works(browser_page, name):
    answer = browser_page.get(f"/calculators/{name}/")
    assert answer.status_code == 200
    assert "begin with a worked example" in text_of(answer)
    for address in re.findall(rf'href="(/calculators/{name}/\?[^"]+)"', answer.content.decode()):
        page = browser_page.get(html.unescape(address))
        assert page.status_code == 200
        assert 'aria-invalid="true"' not in page.content.decode()
        assert 'id="command-line"' in page.content.decode()


@pytest.mark.parametrize("name", NAMES)
def test_an_answer_shows_figures_chart_table_sources_and_the_command_line(browser_page, name):
    calculator = registry.calculator(name)
    texts = asked(name)
    answer = browser_page.get(f"/calculators/{name}/", texts)
    body = answer.content.decode()
    result = calculator.ask(
        texts if "zone" not in {f.name for f in calculator.fields} else {**texts, "zone": "Asia/Shanghai"}
    )
    for figure in result.figures:
        assert figure.label.en in text_of(answer)
    assert re.search(r'data-island="(curve|decay)"', body)
    data = json.loads(
        re.search(r'<script type="application/json" id="chart-[^"]+">(.*?)</script>', body, re.DOTALL)[1]
    )
    assert any(len(each["points"]) > 2 for each in data.get("curves") or data["series"])
    assert "<table" in body
    assert "Sources" in text_of(answer)
    assert f"becq {' '.join(calculator.command)} " in text_of(answer)
    link = html.unescape(re.search(r'href="(/api/v1/calculators/[^"]+)"', body)[1])
    assert browser_page.get(link).status_code == 200
    assert "style=" not in body.replace("data-style=", "")
    assert not re.search(r"<script>|\son\w+=", body)


@pytest.mark.parametrize("name", NAMES)
def test_in_chinese_no_label_stays_english(chinese_page, name):
    calculator = registry.calculator(name)
    for texts in ({}, asked(name)):
        seen = text_of(chinese_page.get(f"/calculators/{name}/", texts))
        assert calculator.title.zh in seen
        for field in calculator.fields:
            assert field.label.zh in seen
            if field.help.en and field.help.en != field.help.zh:
                assert field.help.en not in seen


@pytest.mark.parametrize("name", NAMES)
def test_what_is_left_out_is_said_beside_its_field(browser_page, name):
    calculator = registry.calculator(name)
    texts = asked(name)
    for field in calculator.fields:
        if not field.required:
            continue
        without = {key: text for key, text in texts.items() if key != field.name}
        body = browser_page.get(f"/calculators/{name}/", without or {"x": ""}).content.decode()
        if not without:
            continue
        assert f'id="id_{field.name}_error"' in body
        assert 'id="command-line"' not in body


def test_errors_stand_beside_their_fields_in_the_language_of_the_page(browser_page, client):
    texts = {"nuclide": "Yb-177", "activity": "5 mbq", "after": "2 m", "steps": "many"}
    body = browser_page.get("/calculators/decay/", texts).content.decode()
    for name, said in (
        ("nuclide", "did you mean Lu-177"),
        ("activity", "could be mBq"),
        ("after", "minutes or months"),
        ("steps", "is not a whole number"),
    ):
        place = body.split(f'id="id_{name}_error"')[1].split("</div>")[0]
        assert said in html.unescape(place)
    assert 'value="5 mbq"' in body
    client.cookies["django_language"] = "zh-hans"
    seen = text_of(client.get("/calculators/decay/", texts))
    for said in ("半衰期为 1.9 h", "不是整数"):
        assert said in seen


@pytest.mark.parametrize("name", NAMES)
def test_remarks_of_the_worked_examples_are_said_in_chinese(name):
    calculator = registry.calculator(name)
    for _title, texts in calculator.examples:
        result = calculator.ask(texts)
        with translation.override("zh-hans"):
            said = [(note, prose(note)) for note in (*result.notes, *result.warnings)]
        assert [str(note) for note, text in said if not re.search("[\u4e00-\u9fff]{2}", text)] == []


def test_activities_are_in_the_unit_that_the_person_has_chosen(browser_page):
    texts = {"nuclide": "I-131", "activity": "7.4 GBq", "after": "0 s"}
    assert "7.40 GBq" in text_of(browser_page.get("/calculators/decay/", texts))
    browser_page.cookies["becq_units"] = "Ci"
    seen = text_of(browser_page.get("/calculators/decay/", texts))
    assert "200 mCi" in seen
    assert "7.40 GBq" not in seen


def test_nuclides_are_set_properly(browser_page, client):
    with translation.override("en"):
        assert set_nuclides("Zn-68(p,n)Ga-68, Mo-99/Tc-99m: ICRP-107, TENDL-2025, ENDF/B-VIII.1") == (
            "⁶⁸Zn(p,n)⁶⁸Ga, ⁹⁹Mo/⁹⁹ᵐTc: ICRP-107, TENDL-2025, ENDF/B-VIII.1"
        )
    with translation.override("zh-hans"):
        assert set_nuclides("Zn-68(p,n)Ga-68") == "锌-68(p,n)镓-68"
        assert set_nuclides("富集 Ni-64 制 Cu-64") == "富集镍-64 制铜-64"
        assert cited("decay of Ga-68") == "Decay of ⁶⁸Ga"
    texts = {"nuclide": "99mTc", "activity": "1 GBq", "after": "6 h"}
    assert "⁹⁹ᵐTc" in text_of(browser_page.get("/calculators/decay/", texts))
    client.cookies["django_language"] = "zh-hans"
    assert "锝-99m" in text_of(client.get("/calculators/decay/", texts))


def test_nothing_that_is_asked_becomes_markup(browser_page):
    evil = '"><script>alert(1)</script>'
    for name in NAMES:
        texts = {field.name: evil for field in registry.calculator(name).fields}
        answer = browser_page.get(f"/calculators/{name}/", texts)
        assert answer.status_code == 200
        assert "<script>alert" not in answer.content.decode()


def test_the_palette_finds_calculators(browser_page):
    hits = browser_page.get("/palette/", {"q": "decay"}).json()["hits"]
    assert {"Decay"} <= {hit["label"] for hit in hits if hit["href"] == "/calculators/decay/"}


def test_an_address_holds_no_empty_fields(browser_page):
    texts = {"nuclide": "I-131", "activity": "1 GBq", "after": "1 d", "limit": "", "steps": " "}
    answer = browser_page.get("/calculators/decay/", texts)
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/calculators/decay/?nuclide=I-131&activity=1+GBq&after=1+d"
    swapped = browser_page.get("/calculators/decay/", texts, headers={"HX-Request": "true"})
    assert swapped.status_code == 200
    assert swapped.headers["HX-Push-Url"] == answer.headers["Location"]
    assert browser_page.get("/calculators/decay/", {"limit": ""}).headers["Location"] == "/calculators/decay/"
    assert "HX-Push-Url" not in browser_page.get(answer.headers["Location"]).headers


def test_a_parameter_given_twice_is_an_error(browser_page):
    answer = browser_page.get("/calculators/decay/?nuclide=I-131&nuclide=Lu-177&activity=1+GBq&after=1+d")
    body = answer.content.decode()
    assert "This is given more than once" in body.split('id="id_nuclide_error"')[1].split("</div>")[0]
    assert 'id="command-line"' not in body


def test_moments_name_their_zone_once(browser_page):
    seen = text_of(
        browser_page.get("/calculators/generator/", {**asked("generator"), "zone": "Asia/Shanghai"})
    )
    assert seen.count("Times in Asia/Shanghai, UTC+8") == 1
    assert "Times in" not in text_of(browser_page.get("/calculators/decay/", asked("decay")))


def test_the_path_ends_with_the_page(browser_page):
    body = browser_page.get("/calculators/decay/").content.decode()
    path = body.split('class="breadcrumb"')[1].split("</nav>")[0]
    assert path.endswith('<span>/</span><span aria-current="page">Decay</span>')


@pytest.mark.parametrize(
    ("name", "texts", "said"),
    [
        ("decay", {"steps": "1000"}, "请用 1 至 200 的整数"),
        ("decay", {"activity": "5 mbq"}, "可能是 mBq (0.001 Bq) 或 MBq (10⁶ Bq)。请注意单位大小写：MBq、mCi"),
        ("decay", {"activity": "5 mBq"}, "是否"),
        ("decay", {"nuclide": "Cs-225"}, "不存在核素 Cs-225。是否指 Ac-225"),
        ("dose-rate", {"age": "1000000 y"}, "已无剩余"),
        ("cyclotron", {"energy": "500 MeV"}, "束流能量须在 0 至 250 MeV 之间"),
        ("reactor", {"product": "F-18"}, "经俘获与衰变不生成 F-18"),
        ("reactor", {"enrichment": "0"}, "超出范围"),
        ("reactor", {"pause": "7 d"}, "仅一个周期时"),
        ("reactor", {"flux": "2"}, "过小"),
        ("reactor", {"epithermal": "2"}, "不是超热比"),
        ("reactor", {"thermal_shielding": "0"}, "自屏因子应大于 0"),
        ("reactor", {"product": "Ta-182"}, "次后停止"),
        ("fission", {"pause": "12 h"}, "仅一次运行时"),
        ("fission", {"energy": "200"}, "例如写 200 MeV"),
    ],
)
def test_refusals_are_said_in_chinese(chinese_page, name, texts, said):
    body = chinese_page.get(f"/calculators/{name}/", {**asked(name), **texts}).content.decode()
    (field,) = [key for key in texts if f'id="id_{key}_error"' in body]
    place = html.unescape(body.split(f'id="id_{field}_error"')[1].split("</div>")[0])
    assert said in place
    assert not re.search(
        r"[a-z]{3,} [a-z]{3,} [a-z]{2,}", re.sub(r"<[^>]*>|“[^”]*”", " ", place.split(">", 1)[1])
    )


def test_own_words_about_sources_are_said_in_chinese_and_citations_kept():
    with translation.override("zh-hans"):
        assert cited("Stopping: NIST PSTAR (ICRU Report 49, 1993), liquid water") == (
            "阻止本领：NIST PSTAR (ICRU Report 49, 1993)，液态水"
        )
        assert cited("photon lines of I-131: ENSDF (NNDC)") == "碘-131 的光子谱线：ENSDF (NNDC)"
        assert cited("ICRP Publication 107 (2008)") == "ICRP Publication 107 (2008)"
    with translation.override("en"):
        assert cited("photon lines of I-131: ENSDF (NNDC)") == "Photon lines of ¹³¹I: ENSDF (NNDC)"


@pytest.mark.parametrize("name", NAMES)
def test_no_label_of_a_source_stays_english(name):
    calculator = registry.calculator(name)
    for _title, texts in calculator.examples:
        with translation.override("zh-hans"):
            said = [cited(source) for source in calculator.ask(texts).sources]
        label = re.compile(r"^[A-Z][a-z]+(?: [a-z]+)*: |\b(?:assumption|thermal|resonance|isomer): ")
        assert [each for each in said if label.search(each)] == []


def test_lines_and_generators_are_named_in_chinese(chinese_page):
    seen = text_of(chinese_page.get("/calculators/dose-rate/", {**asked("dose-rate"), "nuclide": "I-131"}))
    assert re.search(r"碘-131 364\.\d+ keV γ 射线", seen)
    assert "keV gamma" not in seen
    assert "钼-99/锝-99m" in text_of(chinese_page.get("/calculators/generator/"))


@pytest.mark.parametrize("name", NAMES)
def test_no_page_shows_e_notation(browser_page, name):
    for _title, texts in registry.calculator(name).examples:
        body = browser_page.get(f"/calculators/{name}/", dict(texts)).content.decode()
        shown = body.split('id="answer"')[1]
        shown = re.sub(
            r'<div class="command">.*?</div>|<script.*?</script>|<[^>]*>', " ", shown, flags=re.DOTALL
        )
        assert re.findall(r"(?<![\w.])\d[\d.]*e[+-]?\d+", shown) == []
