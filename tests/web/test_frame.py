"""The frame: sign-in, switches, view at another time, palette, refusals."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import DataError
from django.test import RequestFactory
from django.utils import translation

from becq.errors import ConflictError, InputError, PermissionDeniedError
from becq.platform import clock
from becq.platform.accounts import policy
from becq.web import frame
from becq.web.forms import DayField, InstantField
from becq.web.middleware import RefusalMiddleware

pytestmark = pytest.mark.django_db


def test_a_stranger_is_sent_to_the_sign_in_page_and_back(client, person):
    answer = client.get("/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/login/")
    answer = client.post("/login/?next=/", {"username": "chen", "password": "becquerel-2026", "next": "/"})
    assert answer["Location"] == "/"
    assert answer.cookies["django_language"].value == "en"


def test_a_wrong_password_is_said_without_saying_which_was_wrong(client, person):
    client.cookies["django_language"] = "en"
    answer = client.post("/login/", {"username": "chen", "password": "guess"})
    assert "Name and password do not match" in answer.content.decode()


def test_too_many_failures_are_said(client, person, settings):
    settings.LOGIN_FAILURES_PER_NAME = 2
    client.cookies["django_language"] = "en"
    for _ in range(3):
        answer = client.post("/login/", {"username": "chen", "password": "guess"})
    assert "Too many failed attempts" in answer.content.decode()


def test_sign_out_is_a_post(browser_page):
    assert browser_page.get("/logout/").status_code == 405
    assert browser_page.post("/logout/")["Location"] == "/login/"


def test_language_is_kept_in_the_browser_and_with_the_person(browser_page, person):
    answer = browser_page.post("/switch/language/", {"language": "zh-hans", "next": "/?a=1"})
    assert answer["Location"] == "/?a=1"
    person.refresh_from_db()
    assert person.language == "zh-hans"
    assert '<html lang="zh-Hans"' in browser_page.get("/").content.decode()


def test_theme_and_rail_are_in_the_first_byte(browser_page):
    browser_page.post("/switch/theme/", {"theme": "dark", "next": "/"})
    browser_page.post("/switch/rail/", {"rail": "narrow", "next": "/"})
    page = browser_page.get("/").content.decode()
    assert 'data-theme="dark" data-rail="narrow"' in page


def test_a_switch_does_not_send_people_elsewhere(browser_page):
    for goal in ("https://example.org/", "//example.org/", "javascript:alert(1)", ""):
        assert browser_page.post("/switch/units/", {"units": "Ci", "next": goal})["Location"] == "/"


def test_a_page_can_be_seen_as_of_another_moment(browser_page):
    browser_page.post("/switch/at/", {"at": "2026-07-12T08:00", "next": "/?at=2020-01-01&x=1"})
    page = browser_page.get("/").content.decode()
    assert "Seen as of" in page
    assert "2026-07-12 08:00" in page
    browser_page.post("/switch/at/", {"at": "", "next": "/"})
    assert "Seen as of" not in browser_page.get("/").content.decode()


def test_a_page_that_shows_the_present_all_the_same_says_so(browser_page):
    said = "this page shows the present all the same"
    assert said in browser_page.get("/consignments/?at=2026-07-12T08:00").content.decode()
    assert said not in browser_page.get("/stock/?at=2026-07-12T08:00").content.decode()
    assert said not in browser_page.get("/consignments/").content.decode()


def test_the_address_goes_before_the_choice_kept(rf: RequestFactory):
    request = rf.get("/?at=2026-07-12T08:00")
    request.session = {frame.AT_SESSION: "2020-01-01T00:00:00+00:00"}
    assert frame.view_at(request) == datetime(2026, 7, 12, 0, 0, tzinfo=UTC)
    request = rf.get("/?at=now")
    request.session = {frame.AT_SESSION: "2020-01-01T00:00:00+00:00"}
    assert frame.view_at(request) is None


@pytest.mark.parametrize("moment", ["0001-01-01", "0001-01-01T00:00", "9999-12-31T23:59", "2101-01-01"])
def test_years_that_nothing_lies_in_are_left_out_with_a_notice(browser_page, moment):
    browser_page.post("/switch/at/", {"at": moment, "next": "/"})
    page = browser_page.get("/").content.decode()
    assert "is not a date and time between 2000 and 2100" in page
    assert "Seen as of" not in page
    for address in ("/?at=", "/stock/?at=", "/clinic/?day=", "/ledger/?tab=statement&at=", "/ledger/?to="):
        answer = browser_page.get(address + moment)
        assert answer.status_code == 200, address
        assert "the year lies between 2000 and 2100" in answer.content.decode()


def test_a_moment_kept_from_before_does_not_lock_a_person_out(browser_page):
    session = browser_page.session
    session[frame.AT_SESSION] = "9999-12-31T23:59:00+00:00"
    session.save()
    assert browser_page.get("/").status_code == 200


@pytest.mark.parametrize("moment", ["0001-01-01T00:00", "9999-12-31T23:59"])
def test_fields_take_no_such_years(moment):
    for field, given in ((InstantField(), moment), (DayField(), moment[:10])):
        with pytest.raises(ValidationError, match="The year lies between 2000 and 2100"):
            field.clean(given)


@pytest.mark.parametrize("error", [OverflowError("int too large"), DataError("out of range")])
def test_what_cannot_be_computed_with_is_a_400(rf, error):
    assert RefusalMiddleware(lambda request: None).process_exception(rf.get("/"), error).status_code == 400


def test_nul_characters_are_refused(browser_page):
    assert browser_page.get("/stock/?q=a%00b").status_code == 400
    assert browser_page.get("/ledger/lot/a%00b/").status_code == 400
    assert browser_page.post("/switch/at/", {"at": "a\0b"}).status_code == 400


def test_a_shifted_clock_is_marked(browser_page):
    with clock.frozen(datetime(2026, 7, 12, 0, 0, tzinfo=UTC)):
        page = browser_page.get("/").content.decode()
    assert "demo clock" in page
    assert "07-12 08:00" in page


def test_the_rail_shows_what_the_role_may_see(rf, person, monkeypatch):
    monkeypatch.setattr(frame.Place, "url", property(lambda place: f"/{place.name}/"))
    names = {}
    for role in ("planner", "hospital", "administrator"):
        person.role = role
        request = rf.get("/")
        request.user = person
        names[role] = {place["name"] for place in frame.Frame(request).places}
        for place in frame.PLACES:
            assert (place.name in names[role]) == (not place.action or policy.may(person, place.action))
    assert "administration" in names["administrator"] - names["planner"]


def test_the_palette_finds_places(browser_page, client):
    hits = json.loads(browser_page.get("/palette/?q=tod").content)["hits"]
    assert [hit["label"] for hit in hits] == ["Today"]
    client.logout()
    assert client.get("/palette/?q=tod").status_code == 302


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (PermissionDeniedError("not you"), 403),
        (ConflictError("too late"), 409),
        (InputError("7.4 what?"), 400),
    ],
)
def test_refusals_are_answers(rf, error, code):
    middleware = RefusalMiddleware(lambda request: None)
    answer = middleware.process_exception(rf.get("/"), error)
    assert answer.status_code == code
    assert str(error) in answer.content.decode()
    answer = middleware.process_exception(rf.get("/", headers={"HX-Request": "true"}), error)
    assert (answer.status_code, answer.content.decode()) == (code, str(error))
    assert middleware.process_exception(rf.get("/"), ValueError("ours")) is None


@pytest.mark.parametrize(
    ("sentence", "chinese"),
    [
        ("Order o-1 is fulfilled and can no longer be cancelled", "订单 o-1 状态为“已完成”，不能再取消"),
        ("Order o-1 is fulfilled and can no longer be changed", "订单 o-1 状态为“已完成”，不能再修改"),
        (
            "5.00 GBq of Tc-99m is more than the 1.00 GBq that has grown on the generators at near; "
            "check the unit and the time of the last elution",
            "5.00 GBq Tc-99m 超过 near 处发生器已生成的 1.00 GBq；请检查单位和上次洗脱时间",
        ),
        ('"7 mbq": "mbq" could be MBq (10⁶ Bq) or mBq (0.001 Bq)', "MBq (10⁶ Bq) 或 mBq"),
    ],
)
def test_refusals_are_said_in_chinese(rf, sentence, chinese):
    with translation.override("zh-hans"):
        answer = RefusalMiddleware(lambda request: None).process_exception(
            rf.get("/", headers={"HX-Request": "true"}), ConflictError(sentence)
        )
    assert chinese in answer.content.decode()


def test_nothing_at_an_address_is_a_page_of_ours(browser_page, settings):
    settings.DEBUG = False
    answer = browser_page.get("/nothing-here/")
    assert answer.status_code == 404
    assert "Not found" in answer.content.decode()
    assert browser_page.get("/style/").status_code == 404


def test_pages_hold_nothing_that_the_content_policy_forbids(browser_page, settings):
    settings.DEBUG = True
    for address in (
        "/",
        "/login/",
        "/style/",
        "/style/alone/404/",
        "/style/alone/500/",
        "/style/alone/sign-in/",
    ):
        page = browser_page.get(address).content.decode()
        assert ' style="' not in page
        assert "<style" not in page
        assert " onclick=" not in page
        assert 'src="http' not in page


def test_the_site_switch_offers_own_sites_and_sets_the_zone(browser_page, person):
    from becq.platform.network.models import Site

    for code, zone in (("cd", "Asia/Shanghai"), ("ur", "Asia/Urumqi")):
        Site.objects.create(
            code=code,
            name=code.upper(),
            name_zh=code,
            kind="hospital",
            lat=30,
            lon=104,
            timezone=zone,
            organisation=person.organisation,
        )
    assert ">CD</button>" in browser_page.get("/").content.decode()
    browser_page.post("/switch/site/", {"site": "ur", "next": "/"})
    page = browser_page.get("/").content.decode()
    assert 'data-zone="Asia/Urumqi"' in page
    browser_page.post("/switch/site/", {"site": "somebody-elses", "next": "/"})
    assert 'data-zone="Asia/Urumqi"' in browser_page.get("/").content.decode()
