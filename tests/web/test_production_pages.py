"""Runs: the list begins with what is overdue, and a run is assayed, released and failed by its forms."""

from __future__ import annotations

import pytest
from lives import DAY, GBQ, HOUR, LANGUAGES, START, ChainOfLots, errors_of, trade

from becq.platform.ledger.models import Posting
from becq.platform.production.models import Lot, ProductionRun

__all__ = ["trade"]


@pytest.fixture
def chain(trade):
    return ChainOfLots(trade)


def test_assay_and_release_with_units_and_differences(trade, chain):
    desk = chain.desk("planner", "reactor")
    with trade.at(chain.run.planned_eob + HOUR):
        assert "waits for EOB assay" in desk.get(chain.run_page)
        page = desk.send(
            chain.run_page,
            "assay",
            activity="29.1GBq",
            uncertainty="3 %",
            at="2026-12-09T08:00",
            note="ion chamber",
        )
        assert "In quarantine" in desk.get(f"/ledger/lot/{chain.run.code}/")
        assert "−3.0 %" in page
        assert "± 870" in page.replace('<span class="activity">', "")
    with trade.at(chain.run.planned_release):
        page = desk.send(chain.run_page, "release", activity="24 GBq", note="purity 99 %")
        assert "Released" in page
        assert "purity 99 %" in page
    run = ProductionRun.objects.get(code=chain.run.code)
    assert (run.assayed_bq, run.assay_uncertainty_bq) == (29.1 * GBQ, pytest.approx(0.873 * GBQ))
    assert run.released_bq == 24 * GBQ
    assert Lot.objects.get(code=run.code).status == "available"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"activity": "29"}, "activity", None),
        ({"activity": "29 GBq", "at": "2026-12-10T08:00"}, "at", ("in the future", "尚未到来")),
        ({"activity": "0 GBq"}, "activity", ("recorded as failed", "请登记为失败")),
        ({"activity": "29 GBq", "uncertainty": "a few"}, "uncertainty", None),
        ({"activity": "29 GBq", "start": "2026-12-09T10:00"}, "start", ("not before EOB", "不早于 EOB")),
    ],
)
def test_what_is_wrong_stands_beside_the_field_and_posts_nothing(
    trade, chain, language, values, field, words
):
    desk = chain.desk("planner", "reactor", language)
    with trade.at(chain.run.planned_eob + HOUR):
        page = desk.send(chain.run_page, "assay", done=False, note="kept", **values)
    assert f'id="assay-{field}_error"' in page
    assert len(errors_of(page)) == 1
    assert values["activity"] in page
    assert "kept" in page
    if words:
        assert words[language != "en"] in errors_of(page)[0]
    assert not Posting.objects.exists()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"activity": "29 MBq"}, "activity", ("30.0 GBq is planned", "计划为 30.0 GBq")),
        ({"activity": "29 GBq", "at": "2026-12-08T08:00"}, "at", ("an hour before", "早一小时以上")),
        (
            {"activity": "29 GBq", "at": "2026-12-06T08:00", "note": "x"},
            "at",
            ("before the planned start", "计划开始时间"),
        ),
    ],
)
def test_an_assay_far_from_the_plan_is_refused_beside_its_field(trade, chain, language, values, field, words):
    with trade.at(chain.run.planned_eob):
        page = chain.desk("planner", "reactor", language).send(chain.run_page, "assay", done=False, **values)
    assert f'id="assay-{field}_error"' in page
    assert words[language != "en"] in errors_of(page)[0]
    assert not Posting.objects.exists()


def test_a_slip_of_unit_at_release_is_refused_beside_the_field(trade, chain):
    desk = chain.desk("planner", "reactor")
    with trade.at(chain.run.planned_eob):
        desk.send(chain.run_page, "assay", activity="30 GBq")
    with trade.at(chain.run.planned_release):
        page = desk.send(chain.run_page, "release", done=False, activity="24 TBq")
    assert "The books hold" in errors_of(page)[0]
    assert Lot.objects.get(code=chain.run.code).status == "quarantine"


def test_failing_and_cancelling_want_a_reason(trade, chain):
    desk = chain.desk("planner", "reactor")
    page = desk.send(chain.run_page, "cancel", done=False, note="  ")
    assert 'id="cancel-note_error"' in page
    assert 'id="cancel" open' in page
    assert "Cancelled" in desk.send(chain.run_page, "cancel", note="target not there")


def test_the_overdue_come_first_and_filters_stand_in_the_address(trade, chain):
    desk = chain.desk("planner", "reactor")
    with trade.at(chain.run.planned_eob + 2 * HOUR):
        page = desk.get("/production/")
        assert "1 run waits for its EOB assay" in page
        assert "tone-blocked" in page
        assert chain.run.code in desk.get("/production/?status=waiting&site=reactor&kind=reactor_irradiation")
        assert chain.run.code not in desk.get("/production/?status=released")


def test_who_may_not_sees_no_form_and_who_has_nothing_to_do_with_it_no_page(trade, chain):
    with trade.at(START + 2 * DAY):
        assert 'value="assay"' not in chain.desk("rso", "reactor").get(chain.run_page)
        assert 'value="fail"' in chain.desk("rso", "reactor").get(chain.run_page)
        chain.desk("hospital", "near").get(chain.run_page, 404)
        desk = chain.desk("dispatcher", "reactor")
        token = desk.get("/stock/").split('csrfmiddlewaretoken" value="')[1].split('"')[0]
        answer = desk.client.post(
            chain.run_page, {"csrfmiddlewaretoken": token, "do": "assay", "activity": "30 GBq"}
        )
        assert answer.status_code == 302  # the page says that it is not possible
        assert "Nothing was changed" in desk.get(chain.run_page)
        assert not Posting.objects.exists()
        assert desk.client.post(chain.run_page, {"do": "assay"}).status_code == 403  # no token
