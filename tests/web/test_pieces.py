"""Tags: numbers with unit and reference time, nuclides, instants in a zone, escaping."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.template import Context, Template
from django.utils import translation

from becq.physics.nuclides import nuclide
from becq.platform import clock
from becq.web.forms import ActivityField, InstantField, NuclideField

AT = datetime(2026, 7, 12, 0, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def present():
    with clock.frozen(AT):
        yield


def render(text: str, language: str = "en", **context) -> str:
    with translation.override(language):
        return Template("{% load becq %}" + text).render(Context(context))


def plain(markup: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", markup)).strip()


def test_activity_is_number_unit_and_reference_time(rf):
    markup = render("{% activity bq at=at nuclide='I-131' %}", bq=7.4e9, at=AT)
    assert plain(markup) == "7.40 GBq @ 07-12 08:00"
    assert 'tabindex="0"' in markup
    assert 'data-bq="7400000000.0"' in markup
    assert f'data-half-life="{nuclide("I-131").half_life_s}"' in markup
    assert plain(render("{% activity bq %}", bq=None)) == "—"
    request = rf.get("/")
    request.COOKIES["becq_units"] = "Ci"
    assert plain(render("{% activity bq %}", bq=7.4e9, request=request)) == "200 mCi"


def test_nuclides_by_language_and_use():
    assert plain(render("{% nuclide 'Tc-99m' %}")) == "⁹⁹ᵐTc"
    assert plain(render("{% nuclide 'Tc-99m' %}", "zh-hans")) == "锝-99m"
    assert plain(render("{% nuclide 'Tc-99m' style='code' %}", "zh-hans")) == "Tc-99m"


def test_instants_name_their_zone():
    assert plain(render("{% instant at %}", at=AT)) == "07-12 08:00 UTC+8"
    assert plain(render("{% instant at zone='Europe/Berlin' year=True %}", at=AT)) == "2026-07-12 02:00 UTC+2"


def test_a_year_that_is_not_the_present_one_is_shown():
    with clock.frozen(datetime(2026, 12, 31, 12, 0, tzinfo=UTC)):
        assert plain(render("{% instant at %}", at=AT)) == "07-12 08:00 UTC+8"
        later = AT.replace(year=2027)
        assert plain(render("{% instant at %}", at=later)) == "2027-07-12 08:00 UTC+8"
        assert plain(render("{% activity 1e9 at=at %}", at=later)) == "1.00 GBq @ 2027-07-12 08:00"
    with clock.frozen(datetime(2026, 12, 31, 17, 0, tzinfo=UTC)):  # 2027 already in Shanghai
        assert plain(render("{% instant at %}", at=AT)) == "2026-07-12 08:00 UTC+8"


def test_states_have_icon_and_word_and_unknown_ones_are_shown():
    markup = render("{% state 'unmet' %}")
    assert 'class="state blocked"' in markup
    assert "#state-blocked" in markup
    assert plain(render("{% state 'half_done' %}")) == "half done"


def test_nothing_that_people_write_becomes_markup():
    evil = '"><script>alert(1)</script>'
    for text in (
        "{% chip 'lot' x %}",
        "{% state x %}",
        "{% nuclide x %}",
        "{% site_chip s %}",
        "{% island_data d 'i' %}",
        "{% timeline e %}",
        "{% findings f %}",
    ):
        markup = render(
            text,
            x=evil,
            s={"name": evil, "id": evil},
            d={"a": "</script>" + evil},
            e=[{"what": evil, "note": evil}],
            f=[{"sentence": evil, "severity": "block", "rule": evil}],
        )
        assert "<script>alert" not in markup


def test_a_finding_shows_a_gauge_of_an_upper_limit_its_unit_and_its_note():
    row = {
        "severity": "block",
        "rule": "r",
        "sentence": "s",
        "note": "of the 1996 text",
        "note_zh": "1996年文本",
    }
    over = [{**row, "measured": 62.0, "limit": 50.0, "unit": "mSv"}]
    markup = render("{% findings f %}", f=over)
    assert 'class="gauge block"' in markup
    assert "62 mSv" in plain(markup)
    assert "of the 1996 text" in plain(markup)
    for measured, limit, unit in ((0.0, 1.0, "1"), (-2382.0, 0.0, "d"), (3.0, 10.0, "d")):
        short = [{**row, "measured": measured, "limit": limit, "unit": unit}]
        assert "gauge" not in render("{% findings f %}", f=short), "too little is no share of a limit"
    days = [{**row, "measured": 31.0, "limit": 30.0, "unit": "d"}]
    markup = plain(render("{% findings f %}", "zh-hans", f=days))
    assert "31天" in markup
    assert "备注：1996年文本" in markup


def test_a_gauge_puts_the_limit_at_four_fifths():
    assert 'width="40.00"' in render("{% gauge 5 10 %}")
    assert 'class="gauge block"' in render("{% gauge 11 10 %}")
    assert 'width="100.00"' in render("{% gauge 99 10 %}")


def test_fields_read_what_people_write():
    assert ActivityField().clean("200 mCi") == pytest.approx(7.4e9)
    assert NuclideField().clean("99mTc") == "Tc-99m"
    assert InstantField().clean("2026-07-12T08:00") == AT
    with pytest.raises(Exception, match="Lu-177"):
        NuclideField().clean("Yb-177")
    with translation.override("en"), pytest.raises(Exception, match="unit"):
        ActivityField().clean("7.4")
