"""The network through HTTP: map and tables, one site, import, export, outages; each to those who may."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from market_world import START, World, token, world
from test_plan_pages import at_once, run, text, untranslated

from becq.chain.definition import define
from becq.platform.network import selectors, services
from becq.platform.network.models import NetworkItem, NetworkMeta
from becq.platform.plans import services as plans

__all__ = ["at_once", "run", "world"]

PAGES = (
    "/network/",
    "/network/?tab=sites&kind=hospital&q=near&nuclide=I-131&sort=-city",
    "/network/?tab=products&kind=generator",
    "/network/?tab=resources&is_out=1",
    "/network/?tab=processes",
    "/network/?tab=lanes&mode=flight",
    "/network/?tab=outages&status=planned",
    "/network/?tab=roads",
    "/network/?tab=approvals&holds=yes",
    "/network/sites/reactor/",
    "/network/panel/?site=near",
)
LANGUAGES = ["en", "zh-hans"]
OUTAGE = {"resource": "pile", "start": "2026-12-09T08:00", "end": "2026-12-11T08:00", "reason": "fuel"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_role_reads_every_page_in_its_language(world: World, language):
    services.declare_outage(world.planner, "pile", START, START.replace(day=20), "fuel")
    for person in world.everybody():
        client = world.client(person, language)
        for address in PAGES:
            page = client.get(address)
            assert page.status_code == 200, (person.username, address)
            if language != "en":
                assert untranslated(text(page)) == set(), address
        assert client.get("/network/sites/none/").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_actions_are_there_for_those_who_may(world, language):
    for person in world.everybody():
        client = world.client(person, language)
        page = text(client.get("/network/"))
        operator = person in {world.planner, world.admin}
        maker = operator or person == world.who("planner", "reactor")
        assert ("/network/import/" in page) == operator
        assert ("/network/outages/new/" in page) == maker
        assert client.get("/network/import/").status_code == (200 if operator else 403)
        assert client.get("/network/outages/new/").status_code == (200 if maker else 403)


def test_nobody_reads_without_signing_in(client, world):
    for address in (*PAGES, "/network/import/", "/network/export/network.yaml", "/network/outages/new/"):
        assert client.get(address)["Location"].startswith("/login/")


def test_a_hospital_sees_no_licence_machine_or_recipe_of_others(world):
    client = world.client(world.who("hospital", "near"))
    assert "not shown" in text(client.get("/network/"))
    assert "10.0 TBq" in text(client.get("/network/?q=near"))
    for tab in ("resources", "processes"):
        page = text(client.get(f"/network/?tab={tab}"))
        assert "Pile" not in page
        assert "that you may see" in page
    site = text(client.get("/network/sites/reactor/"))
    assert "Shown to the site, its regulator and the operator" in site
    assert "10.0 TBq" not in site
    assert "10.0 TBq" not in text(client.get("/network/panel/?site=reactor"))
    assert "pile" not in text(client.get("/network/export/network.yaml"))


def legal(world):
    """The network with divisions, operations, approvals and a measured road."""
    network = selectors.export_network(world.planner)
    limits = [{"nuclide": "Lu-177", "possession_limit": "10 TBq"}]
    operations = [
        {"workplace": "Hot lab", "workplace_class": "B", "nuclide": "Lu-177", "operation": "simple-liquid",
         "daily_limit": "37 GBq", "yearly_limit": "7.4 TBq"}
    ]  # fmt: skip
    licence = {"nuclides": limits, "operations": operations}
    where = {"division": "510107", "jurisdiction": "CN-51", "use_class": 3, "licence": licence}
    for site in network.sites:
        if site.id == "near":
            services.save_item(world.planner, "sites", {**define(site), **where})
        if site.id == "far":
            services.save_item(world.planner, "sites", {**define(site), "division": "530102"})
    year = {"valid_from": "2026-01-01", "valid_until": "2026-12-31", "nuclide": "Lu-177", "activity": "5 TBq"}
    for code, end in (("A-NEAR", "near"), ("A-FAR", "far")):
        row = {"id": code, "origin": "reactor", "destination": end, "number": f"{code} 2026", **year}
        services.save_item(world.planner, "approvals", row)
    road = {
        "id": "W",
        "origin": "pharmacy",
        "destination": "far",
        "distance_km": 561,
        "duration": "7 h 10 min",
    }
    services.save_item(world.planner, "roads", road)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_site_says_where_it_lies_and_what_may_be_handled(world, language):
    legal(world)
    zh = language != "en"
    page = text(world.client(world.planner, language).get("/network/sites/near/"))
    assert ("四川省成都市武侯区" if zh else "Wuhou District, Chengdu, Sichuan") in page
    assert ("第三类" if zh else "Class 3") in page
    assert "CN-51" in page
    assert "Hot lab" in page
    assert "7.40 TBq" in page
    other = text(world.client(world.who("hospital", "far"), language).get("/network/sites/near/"))
    assert "Hot lab" not in other
    assert ("第三类" if zh else "Class 3") not in other
    for tab, said in (("roads", "7 h 10 min"), ("approvals", "A-NEAR 2026")):
        page = text(world.client(world.planner, language).get(f"/network/?tab={tab}"))
        assert said in page
        if zh:
            assert untranslated(page) == set()


VAN = {
    "id": "van", "site": "pharmacy", "name": "White van", "name_zh": "白色厢式车", "shift_start": "05:00",
    "shift_end": "14:30", "duty": "8 h", "cost_per_km": 2.5,
}  # fmt: skip
POT = {"id": "pot", "products": ["fdg"], "shield": "lead", "thickness_mm": 30, "radius_mm": 150}


@pytest.mark.parametrize("language", LANGUAGES)
def test_vehicles_and_packagings_are_listed(world, language):
    zh = language != "en"
    for tab, row, words in (
        ("vehicles", VAN, ("05:00–14:30", "白色厢式车" if zh else "White van", "2.5")),
        ("packagings", POT, ("铅 30 mm" if zh else "lead 30 mm", "150")),
    ):
        services.save_item(world.planner, tab, row)
        page = text(world.client(world.planner, language).get(f"/network/?tab={tab}"))
        assert [word for word in words if word not in page] == []
        if zh:
            assert untranslated(page) == set()
    other = text(world.client(world.who("hospital", "far"), language).get("/network/?tab=vehicles"))
    assert VAN["name_zh" if zh else "name"] not in other


def test_an_approval_is_shown_to_its_holders(world):
    legal(world)
    page = text(world.client(world.who("hospital", "near")).get("/network/?tab=approvals"))
    assert "A-NEAR" in page
    assert "A-FAR" not in page


def test_sites_are_found_by_province(world):
    legal(world)
    client = world.client(world.planner)
    page = text(client.get("/network/?province=510000"))
    assert "Near Hospital" in page.partition("<tbody")[2]
    assert "Far Hospital" not in page.partition("<tbody")[2]
    assert "Yunnan" in page, "the other province can be chosen"


def test_there_is_a_page_without_a_network(world):
    NetworkItem.objects.all().delete()
    NetworkMeta.objects.all().delete()
    assert "/network/import/" in text(world.client(world.planner).get("/network/"))
    assert "The operator imports it" in text(world.client(world.regulator).get("/network/"))
    assert "There is no network yet" in text(world.client(world.planner).get("/plan/"))


# --- in and out --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["yaml", "xlsx", "zip"])
def test_what_is_exported_is_imported_again(world, kind):
    client = world.client(world.planner, enforce_csrf_checks=True)
    file = client.get(f"/network/export/network.{kind}")
    assert file["Content-Disposition"] == f'attachment; filename="network.{kind}"'
    before = selectors.export_network(world.planner)
    NetworkItem.objects.filter(section="products").delete()
    key = {"csrfmiddlewaretoken": token(client, "/network/import/")}
    upload = SimpleUploadedFile(f"network.{kind}", file.content)
    answer = client.post("/network/import/", {**key, "file": upload, "how": "replace"})
    assert answer["Location"] == "/network/", text(answer)
    assert selectors.export_network(world.planner) == before
    assert "9 rows added" in text(client.get("/network/"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_problems_stand_in_a_table_by_row_and_nothing_is_written(world, language):
    revision = NetworkMeta.objects.get().revision
    content = (
        "name: Bad\nsites:\n"
        "  - {id: A, name: A, name_zh: 甲, kind: hospital, lat: 30, lon: 104}\n"
        "  - {id: B, name: B, name_zh: 乙, kind: hospitl, lat: 30, lon: 104}\n"
    ).encode()
    client = world.client(world.planner, language)
    for button in ({}, {"check": "1"}):
        upload = SimpleUploadedFile("bad.yaml", content)
        answer = client.post("/network/import/", {"file": upload, "how": "replace", **button})
        assert answer.status_code == 400
        page = text(answer)
        assert '<td class="end">4</td>' in page
        assert "hospital" in page
        assert ("Nothing was written" if language == "en" else "未写入任何内容") in page
    assert NetworkMeta.objects.get().revision == revision


def test_what_is_wrong_with_the_law_is_said_in_chinese(world):
    content = """
name: Bad
sites:
  - id: A
    name: A
    name_zh: 甲
    kind: hospital
    lat: 30
    lon: 104
    province: 云南
    division: 510107
    jurisdiction: CN-44
    licence:
      nuclides: [{nuclide: I-131, possession_limit: 1 GBq}]
      operations:
        - {workplace: W, workplace_class: B, nuclide: I-131, operation: none, daily_limit: 2 GBq, yearly_limit: 1 GBq}
        - {workplace: W, workplace_class: C, nuclide: I-131, operation: none, daily_limit: 2 GBq}
        - {workplace: W, workplace_class: B, nuclide: F-18, daily_limit: 2 GBq}
  - {id: B, name: B, name_zh: 乙, kind: reactor, lat: 30, lon: 105, use_class: 2, division: 519999}
roads:
  - {id: R, origin: A, destination: B, distance_km: 90, duration: 2 h, both_ways: true}
  - {id: S, origin: B, destination: A, distance_km: 90, duration: 2 h}
  - {id: T, origin: A, destination: A, distance_km: 90, duration: 2 h}
  - {id: U, origin: A, destination: B, distance_km: 90, duration: 2 min}
approvals:
  - {id: X, origin: A, destination: A, nuclide: I-131, activity: 1 GBq, valid_from: 2026-01-01, valid_until: 2026-12-31}
  - {id: Y, origin: A, destination: B, nuclide: I-131, activity: 1 GBq, valid_from: 2026-01-01, valid_until: 2025-12-31}
"""
    upload = SimpleUploadedFile("bad.yaml", content.encode())
    client = world.client(world.planner, "zh-hans")
    page = text(client.post("/network/import/", {"file": upload, "how": "replace", "check": "1"}))
    for said in (
        *("既是 B 级又是 C 级", "重复列出了 I-131", "年最大操作量低于日最大操作量", "但许可证中没有该核素"),
        *("没有操作方式“none”", "属于四川省，而不是“云南”", "法域 CN-44 不适用", "没有放射性药品使用许可证"),
        *("不是 GB/T 2260", "的路程重复", "路程的起点与终点相同", "转让的起点与终点相同", "车速为 2700 km/h"),
        "审批的有效期至早于生效日期",
        "510000 是四川省；代码见行政区划表",
    ):
        assert said in page, said


def test_a_file_is_only_checked_or_missing(world):
    client = world.client(world.planner)
    content = client.get("/network/export/network.yaml").content
    revision = NetworkMeta.objects.get().revision
    upload = SimpleUploadedFile("mine.yaml", content)
    page = text(client.post("/network/import/", {"file": upload, "how": "merge", "check": "1"}))
    assert "mine.yaml has no problem" in page
    assert NetworkMeta.objects.get().revision == revision
    assert "id_file_error" in text(client.post("/network/import/", {"how": "merge"}))


# --- outages -----------------------------------------------------------------------------------------


def test_an_outage_is_declared_changed_and_withdrawn(world, run):
    plans.commit_plan(world.planner, run)
    client = world.client(world.planner, enforce_csrf_checks=True)
    key = {"csrfmiddlewaretoken": token(client, "/network/outages/new/?resource=pile")}
    answer = client.post("/network/outages/new/", {**key, **OUTAGE})
    assert answer["Location"] == "/network/?tab=outages", text(answer)
    [row] = selectors.outages(world.planner)
    assert (row.resource, row.reason, row.start.hour) == ("pile", "fuel", 0)  # 08:00 in Shanghai
    page = text(client.get("/network/?tab=outages"))
    assert "2026-12-09 08:00" in page
    assert f"The network has changed since plan {run.code}" in page  # and leads to replanning
    assert f"/plan/{run.code}/" in page
    assert "network has changed" in text(client.get(f"/plan/{run.code}/"))
    edit = f"/network/outages/pile/?key={quote(row.key)}"
    assert 'value="2026-12-09T08:00"' in text(client.get(edit))
    client.post(edit, {**key, **OUTAGE, "end": "2026-12-12T08:00"})
    [row] = selectors.outages(world.planner)
    assert row.end.day == 12
    client.post(f"/network/outages/pile/withdraw/?key={quote(row.key)}", key)
    assert selectors.outages(world.planner) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"end": "2026-12-08T08:00"}, "end"),
        ({"start": ""}, "start"),
        ({"reason": " "}, "reason"),
        ({"resource": "x"}, "resource"),
    ],
)
def test_what_is_wrong_with_an_outage_stands_beside_the_field(world, changes, field):
    answer = world.client(world.planner).post("/network/outages/new/", {**OUTAGE, **changes})
    assert answer.status_code == 400
    assert f"id_{field}_error" in text(answer)
    assert selectors.outages(world.planner) == []


def test_the_same_start_twice_is_refused_beside_the_start(world):
    client = world.client(world.planner)
    client.post("/network/outages/new/", OUTAGE)
    assert "id_start_error" in text(client.post("/network/outages/new/", OUTAGE))


def test_a_maker_declares_outages_of_its_own_machines_only(world):
    client = world.client(world.who("planner", "reactor"))
    form = text(client.get("/network/outages/new/"))
    assert 'value="pile"' in form
    assert 'value="cyclotron"' not in form
    assert client.post("/network/outages/new/", {**OUTAGE, "resource": "cyclotron"}).status_code == 400
    row = services.declare_outage(world.planner, "cyclotron", START, START.replace(day=9), "repair")
    assert client.get(f"/network/outages/cyclotron/?key={quote(row.key)}").status_code == 404
    assert client.post(f"/network/outages/cyclotron/withdraw/?key={quote(row.key)}").status_code == 403
    assert len(selectors.outages(world.planner)) == 1
