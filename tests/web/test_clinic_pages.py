"""Doses: drawn, given with a residual, discarded; and what is left of each lot."""

from __future__ import annotations

import re

import pytest
from lives import DAY, GBQ, HOUR, LANGUAGES, ChainOfLots, errors_of, trade

from becq.platform.clinic.models import Dose
from becq.platform.ledger.models import Posting
from becq.platform.production import services as production

__all__ = ["trade"]


@pytest.fixture
def lots(trade):
    found = ChainOfLots(trade)
    found.receive()
    return found


def test_dispense_and_administer_with_a_residual(trade, lots):
    nurse = lots.desk("hospital", "near")
    with trade.at(lots.depart + 4 * HOUR):
        page = nurse.send("/clinic/", "dispense", lot=lots.package, activity="3.7 GBq", patient="P-0001")
        dose = Dose.objects.get()
        assert "1 waits to be given" in page
        assert nurse.client.get(f"/clinic/{dose.code}/")["Location"].startswith(
            "/clinic/?day=2026-12-10&dose="
        )
        page = nurse.send(f"/clinic/?dose={dose.code}", "administer", residual="50 MBq", container="bin-1")
        assert "P-0001 received 3.65 GBq." in page
        assert "bin-1" in nurse.get("/waste/")
    dose.refresh_from_db()
    assert dose.status == "administered"
    assert dose.administration.residual_bq == pytest.approx(0.05 * GBQ)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"activity": "37 GBq", "patient": "P-1"}, "activity", ("check the unit", "请核对单位")),
        ({"activity": "3.7 GBq", "patient": "张三"}, "patient", ("pseudonym", "代码")),
        (
            {"activity": "3.7 GBq", "patient": "P-1", "at": "2026-12-11T08:00"},
            "at",
            ("in the future", "尚未到来"),
        ),
        (
            {"activity": "3.7 GBq", "patient": "P-1", "at": "2026-12-08T08:00"},
            "at",
            ("before the lot", "早于该批次"),
        ),
    ],
)
def test_bad_input_stays_with_its_error_and_posts_nothing(trade, lots, language, values, field, words):
    before = Posting.objects.count()
    with trade.at(lots.depart + 4 * HOUR):
        page = lots.desk("hospital", "near", language).send(
            "/clinic/", "dispense", done=False, lot=lots.package, **values
        )
    assert f'id="dispense-{field}_error"' in page
    assert words[language != "en"] in errors_of(page)[0]
    assert values["activity"] in page
    assert Posting.objects.count() == before
    assert not Dose.objects.exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_form_sent_twice_makes_one_dose(trade, lots, language):
    nurse = lots.desk("hospital", "near", language)
    with trade.at(lots.depart + 4 * HOUR):
        token = re.search(r'name="token" value="([^"]+)"', nurse.get("/clinic/"))[1]
        values = {"lot": lots.package, "activity": "3.7 GBq", "patient": "P-1"}
        for _ in range(2):
            assert "P-1" in nurse.send("/clinic/", "dispense", token=token, **values)
        assert Dose.objects.count() == 1
        again = nurse.send("/clinic/", "dispense", done=False, **values)
        assert 'id="dispense-note_error"' in again
        tiny = nurse.send("/clinic/", "dispense", done=False, **values | {"activity": "3 Bq"})
        assert ("check the unit", "请核对单位")[language != "en"] in errors_of(tiny)[0]
        assert Dose.objects.count() == 1


def test_more_residual_than_dose_and_a_dose_not_given(trade, lots):
    nurse = lots.desk("hospital", "near")
    with trade.at(lots.depart + 4 * HOUR):
        nurse.send("/clinic/", "dispense", lot=lots.package, activity="3.7 GBq", patient="P-0001")
        page = f"/clinic/?dose={Dose.objects.get().code}"
        refused = nurse.send(page, "administer", done=False, residual="5 GBq")
        assert 'id="administer-residual_error"' in refused
        assert "Discarded" in nurse.send(page, "discard", note="patient not fit")


def test_a_generator_is_eluted_and_its_eluate_dispensed(trade):
    made = trade.at
    desk_of = trade.who("dispatcher", "pharmacy")
    from lives import START, Desk

    with made(START):
        production.take_stock_on(
            trade.who("planner", "pharmacy"), code="ga-1", product="ga-gen", site="pharmacy", activity_bq=GBQ
        )
    desk = Desk(desk_of)
    with made(START + DAY):
        page = desk.send("/clinic/", "elute", done=False, lot="ga-1", activity="9 GBq")
        assert 'id="elute-activity_error"' in page
        page = desk.send("/clinic/", "elute", lot="ga-1", activity="600 MBq")
        assert "ga-1-E01" in page
        assert "Ga-68 eluate" in page
        assert "Ga-68 eluate" in desk.get("/stock/")
        assert "镓-68洗脱液" in Desk(desk_of, "zh-hans").get("/clinic/")
        page = desk.send("/clinic/", "dispense", lot="ga-1-E01", activity="150 MBq", patient="P-2")
        assert "ga-1-E01-D02" in page or "ga-1-E01-D01" in page


def test_another_hospital_neither_sees_nor_gives_it(trade, lots):
    with trade.at(lots.depart + 4 * HOUR):
        lots.desk("hospital", "near").send(
            "/clinic/", "dispense", lot=lots.package, activity="3.7 GBq", patient="P-0001"
        )
        code = Dose.objects.get().code
        other = lots.desk("hospital", "mid")
        assert code not in other.get("/clinic/")
        assert 'value="administer"' not in other.get(f"/clinic/?dose={code}")
        other.get(f"/clinic/{code}/", 404)
        assert 'value="administer"' not in lots.desk("regulator", "near").get(f"/clinic/?dose={code}")
