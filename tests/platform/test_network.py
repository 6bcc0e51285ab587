"""The network in the database: what goes in comes out, who may see it, and outages."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings

from becq.chain.reading import write_network
from becq.errors import ConflictError, InputError, PermissionDeniedError, ProblemsError
from becq.platform.accounts.models import Organisation
from becq.platform.market.models import Order, StandingOrder, Status
from becq.platform.network import selectors, services
from becq.platform.network.models import NetworkItem, NetworkMeta, Site
from chain.networks import networks
from planning.small import small_network

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock")]

START = datetime(2026, 3, 9, 0, 0, tzinfo=UTC)
ORDER = {
    "id": "one",
    "site": "near",
    "product": "i131",
    "activity": "7.4 GBq",
    "calibration": "2026-12-09 12:00",
    "earliest": "2026-12-08 08:00",
    "latest": "2026-12-08T17:00:00+08:00",
}


@pytest.fixture
def imported(operator):
    network = small_network(orders=[{**ORDER, "latest": "2026-12-08 17:00"}])
    services.import_network(operator, network, replace=True)
    return network


# --- in and out -----------------------------------------------------------------------------------


@settings(max_examples=25)
@given(network=networks())
def test_any_network_comes_out_as_it_went_in(operator, network):
    services.import_network(operator, network, replace=True)
    assert selectors.export_network(operator) == network


@settings(max_examples=10)
@given(network=networks())
def test_importing_twice_changes_nothing(operator, network):
    services.import_network(operator, network, replace=True)
    codes = set(Organisation.objects.values_list("code", flat=True))
    again = services.import_network(operator, network, replace=False)
    assert not again.added
    assert not again.changed
    assert not again.removed
    assert selectors.export_network(operator) == network
    assert set(Organisation.objects.values_list("code", flat=True)) == codes


@pytest.mark.parametrize("suffix", [".yaml", ".xlsx", ".zip"])
def test_a_file_goes_in_and_comes_out(operator, imported, suffix):
    content = services.export_file(operator, suffix)
    NetworkItem.objects.all().delete()
    result = services.import_file(operator, content, f"our network{suffix}")
    assert result.problems == []
    assert selectors.export_network(operator) == imported


def test_sites_stand_in_the_table_with_their_organisations(operator, imported):
    site = selectors.site(operator, "near")
    assert (site.name, site.name_zh, site.kind) == ("Near Hospital", "近医院", "hospital")
    assert site.organisation.kind == "hospital"
    assert site.organisation.name_zh == "近医院"
    assert selectors.site(operator, "apt-a").organisation is None
    assert Site.objects.count() == len(imported.sites)


def test_sites_of_one_organisation_share_it(operator):
    network = small_network()
    shared = [site.model_copy(update={"organisation": "一个集团"}) for site in network.sites[:2]]
    services.import_network(
        operator, network.model_copy(update={"sites": [*shared, *network.sites[2:]]}), replace=True
    )
    assert (
        selectors.site(operator, "reactor").organisation == selectors.site(operator, "pharmacy").organisation
    )
    assert selectors.site(operator, "reactor").organisation.name_zh == "一个集团"


def test_a_site_that_names_itself_as_holder_gives_its_chinese_name(operator):
    network = small_network()
    named = [site.model_copy(update={"organisation": site.name}) for site in network.sites]
    services.import_network(operator, network.model_copy(update={"sites": named}), replace=True)
    holder = selectors.site(operator, "near").organisation
    assert (holder.name, holder.name_zh) == ("Near Hospital", "近医院")


def test_orders_come_out_in_the_order_of_the_last_file(operator, imported):
    [order] = imported.orders
    more = [order.model_copy(update={"id": name}) for name in ("new", "zero", "one")]
    services.import_network(
        operator, imported.model_copy(update={"orders": [more[2], more[1]]}), replace=True
    )
    services.import_network(operator, imported.model_copy(update={"orders": more}), replace=True)
    assert [row.id for row in selectors.export_network(operator).orders] == ["new", "zero", "one"]


def test_replacing_takes_away_what_is_not_in_the_file(operator, imported):
    fewer = imported.model_copy(
        update={"standing_orders": imported.standing_orders[1:], "orders": [], "stock": []}
    )
    result = services.import_network(operator, fewer, replace=True)
    assert result.removed == {"stock": 2}
    assert selectors.export_network(operator) == fewer
    assert Order.objects.get(code="one").status == Status.CANCELLED
    assert not StandingOrder.objects.get(code="fdg-near").active


def test_merging_keeps_what_is_not_in_the_file(operator, imported):
    part = imported.model_copy(update={"stock": [], "standing_orders": [], "orders": []})
    services.import_network(operator, part, replace=False)
    assert selectors.export_network(operator) == imported


def test_merging_another_time_zone_is_refused(operator, imported):
    with pytest.raises(ConflictError, match="Asia/Shanghai"):
        services.import_network(operator, imported.model_copy(update={"timezone": "UTC"}), replace=False)


def test_a_file_with_problems_writes_nothing_and_names_row_and_column(operator):
    text = (
        "name: Bad\nsites:\n"
        "  - {id: A, name: A, name_zh: 甲, kind: hospital, lat: 30, lon: 104}\n"
        "  - {id: B, name: B, name_zh: 乙, kind: hospitl, lat: 30, lon: 104}\n"
    )
    result = services.import_file(operator, text.encode(), "bad.yaml")
    [problem] = result.problems
    assert (problem.file, problem.row) == ("bad.yaml", 4)
    assert "hospital" in problem.remedy
    assert NetworkMeta.objects.count() == Site.objects.count() == NetworkItem.objects.count() == 0


def archive(**files: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as into:
        for name, text in files.items():
            into.writestr(name.replace("__", "/").replace("_csv", ".csv").replace("_yaml", ".yaml"), text)
    return packed.getvalue()


SITES = "id,name,name_zh,kind,lat,lon\nA,A,甲,hospital,30,104\n"


def test_a_packed_folder_is_read_wherever_it_lies_in_the_archive(operator):
    content = archive(
        china__network_yaml="name: China\n", china__sites_csv=SITES, china__tables__x_csv="a\n", x_csv="a"
    )
    assert services.import_file(operator, content, "china.zip").problems == []
    assert [site.id for site in selectors.export_network(operator).sites] == ["A"]
    assert services.export_file(operator, ".zip") == services.export_file(operator, ".zip")


@pytest.mark.parametrize(
    ("files", "sheet", "said"),
    [
        (
            {"network_yaml": "name: X\n", "sites_csv": SITES.replace("30,", "300,")},
            "sites.csv",
            "lat '300' is out of range",
        ),
        ({"network_yaml": "nme: X\n"}, "network.yaml", "there is no field 'nme'"),
        ({"sites_csv": SITES}, None, "the archive holds no network.yaml"),
        (
            {"a__network_yaml": "name: X\n", "b__network_yaml": "name: Y\n"},
            None,
            "more than one network.yaml",
        ),
    ],
)
def test_problems_of_a_packed_folder_name_its_file(operator, files, sheet, said):
    problems = services.import_file(operator, archive(**files), "n.zip").problems
    found = [problem for problem in problems if said in problem.message]
    assert [(problem.file, problem.sheet) for problem in found] == [("n.zip", sheet)]
    assert NetworkMeta.objects.count() == 0


def test_a_bomb_is_not_unpacked(operator, monkeypatch):
    monkeypatch.setattr("becq.platform.network.files.MAX_UNPACKED_BYTES", 1000)
    content = archive(network_yaml="name: X\n", sites_csv="x" * 2000)
    [problem] = services.import_file(operator, content, "n.zip").problems
    assert problem.message == "the archive is too large unpacked"


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"x", "network.pdf", "not read"),
        (b"\x00", "network.xlsx", "not an Excel"),
        (b"\x00", "network.zip", "not a zip"),
        (b"", "n.yaml", ""),
    ],
)
def test_what_is_no_network_file_is_a_problem_not_an_exception(operator, content, name, said):
    result = services.import_file(operator, content, name)
    assert result.problems
    assert said in str(result.problems[0])


def test_parts_that_do_not_fit_are_refused_and_nothing_is_written(operator, imported):
    lost = imported.model_copy(update={"products": imported.products[1:]})
    with pytest.raises(ProblemsError, match="i131"):
        services.import_network(operator, lost, replace=True)
    assert selectors.export_network(operator) == imported


# --- single rows ----------------------------------------------------------------------------------


def test_a_row_is_saved_and_removed(operator, imported):
    lane = {"id": "van", "mode": "road", "origins": ["pharmacy"], "destinations": ["near"], "speed_kmh": 30}
    services.save_item(operator, "lanes", lane)
    assert [row.id for row in selectors.lanes(operator)] == ["road", "fly-ab", "van"]
    services.save_item(operator, "lanes", {**lane, "speed_kmh": 40})
    assert selectors.lanes(operator)[-1].speed_kmh == 40
    services.remove_item(operator, "lanes", "van")
    assert selectors.export_network(operator) == imported


def test_a_bad_row_is_refused_by_field(operator, imported):
    with pytest.raises(ProblemsError) as caught:
        services.save_item(operator, "resources", {"id": "x", "site": "nowhere", "name": "X", "name_zh": "X",
                                                   "kind": "reactor"})  # fmt: skip
    assert [problem.column for problem in caught.value.problems] == ["site"]


def test_a_row_that_others_need_stays(operator, imported):
    with pytest.raises(ProblemsError, match="pile"):
        services.remove_item(operator, "resources", "pile")
    assert selectors.export_network(operator) == imported


# --- outages --------------------------------------------------------------------------------------


def test_an_outage_is_declared_changed_and_withdrawn(operator, imported):
    revision = NetworkMeta.objects.get().revision
    row = services.declare_outage(operator, "pile", START, START + timedelta(days=2), "refuelling")
    assert (row.resource, row.start, row.reason) == ("pile", START, "refuelling")
    assert NetworkMeta.objects.get().revision == revision + 1
    assert selectors.outages(operator) == [row]
    longer = services.edit_outage(operator, "pile", row.key, end=START + timedelta(days=5))
    assert (longer.start, longer.end) == (START, START + timedelta(days=5))
    assert selectors.export_network(operator).resource["pile"].outages[0].reason == "refuelling"
    services.withdraw_outage(operator, "pile", longer.key)
    assert selectors.export_network(operator) == imported


def test_an_outage_that_makes_no_sense_is_refused(operator, imported):
    with pytest.raises(ProblemsError, match="ends before"):
        services.declare_outage(operator, "pile", START, START - timedelta(days=2), "refuelling")
    with pytest.raises(ProblemsError, match="reason"):
        services.declare_outage(operator, "pile", START, START + timedelta(days=2), " ")
    with pytest.raises(InputError, match="pyle"):
        services.declare_outage(operator, "pyle", START, START + timedelta(days=2), "refuelling")
    services.declare_outage(operator, "pile", START, START + timedelta(days=2), "refuelling")
    with pytest.raises(ConflictError, match="already"):
        services.declare_outage(operator, "pile", START, START + timedelta(days=3), "again")
    with pytest.raises(InputError, match="no outage"):
        services.withdraw_outage(operator, "pile", "2020-01-01T00:00")


# --- who may --------------------------------------------------------------------------------------


def test_a_producer_declares_outages_of_its_own_machines_only(operator, imported, person):
    planner = person("planner", of=selectors.site(operator, "reactor").organisation)
    services.declare_outage(planner, "pile", START, START + timedelta(days=2), "refuelling")
    with pytest.raises(PermissionDeniedError):
        services.declare_outage(planner, "cyclotron", START, START + timedelta(days=2), "spite")
    with pytest.raises(PermissionDeniedError):
        services.import_network(planner, imported, replace=True)
    with pytest.raises(PermissionDeniedError):
        services.save_item(planner, "lanes", {})
    with pytest.raises(PermissionDeniedError):
        services.remove_item(planner, "lanes", "road")


def test_a_planner_of_the_operator_imports(imported, person, organisation):
    planner = person("planner", of=organisation("OP", kind="operator"))
    services.import_network(planner, imported, replace=True)
    assert selectors.export_network(planner) == imported


@pytest.mark.parametrize("role", ["hospital", "dispatcher", "rso", "administrator"])
def test_an_organisation_sees_its_own_inside_only(operator, imported, person, role):
    viewer = person(role, of=selectors.site(operator, "near").organisation)
    seen = selectors.export_network(viewer)
    assert [site.id for site in seen.sites] == [site.id for site in imported.sites]
    assert [site.id for site in seen.sites if site.licence] == ["near"]
    assert seen.products == imported.products
    assert seen.resources == seen.processes == seen.stock == []
    assert {row.site for row in seen.standing_orders} == {"near"}
    assert all(lane.cost_per_trip == lane.cost_per_km == 0 for lane in seen.lanes)
    assert selectors.outages(viewer) == []


def test_an_approval_is_shown_to_both_its_holders_and_a_measured_way_to_all(operator, person):
    approval = {
        "nuclide": "I-131",
        "activity": "1 TBq",
        "valid_from": "2026-01-01",
        "valid_until": "2026-12-31",
    }
    network = small_network(
        approvals=[
            {"id": "a-near", "origin": "reactor", "destination": "near", **approval},
            {"id": "a-far", "origin": "reactor", "destination": "far", **approval},
        ],
        roads=[
            {"id": "w", "origin": "pharmacy", "destination": "far", "distance_km": 560, "duration": "7 h"}
        ],
    )
    services.import_network(operator, network, replace=True)
    assert selectors.export_network(operator) == network
    hospital = person("hospital", of=selectors.site(operator, "near").organisation)
    assert [row.id for row in selectors.approvals(hospital)] == ["a-near"]
    maker = person("planner", of=selectors.site(operator, "reactor").organisation)
    assert [row.id for row in selectors.approvals(maker)] == ["a-near", "a-far"]
    assert selectors.approvals(person("hospital", of=selectors.site(operator, "mid").organisation)) == []
    assert selectors.export_network(hospital).roads == network.roads
    with pytest.raises(ProblemsError, match="far"):
        services.remove_item(operator, "sites", "far")
    services.remove_item(operator, "approvals", "a-far")
    assert [row.id for row in selectors.approvals(operator)] == ["a-near"]


def test_a_regulator_sees_its_province_and_writes_nothing(operator, person, organisation):
    network = small_network()
    here = [
        site.model_copy(update={"province": "四川" if site.id in ("reactor", "near") else "云南"})
        for site in network.sites
    ]
    services.import_network(operator, network.model_copy(update={"sites": here}), replace=True)
    regulator = person("regulator", of=organisation("EPB", kind="regulator", province="四川"))
    assert selectors.own_site_codes(regulator) == {"reactor", "near"}
    assert {row.site for row in selectors.resources(regulator)} == {"reactor"}
    with pytest.raises(PermissionDeniedError):
        services.declare_outage(regulator, "pile", START, START + timedelta(days=2), "order of the office")


def test_a_stranger_sees_nothing(imported, person):
    stranger = person("")
    for selector in (selectors.sites, selectors.products, selectors.lanes, selectors.export_network):
        with pytest.raises(PermissionDeniedError):
            selector(stranger)


def test_a_person_bound_to_a_site_sees_into_that_site(operator, person):
    network = small_network()
    group = [
        site.model_copy(update={"organisation": "Group"}) if site.kind == "hospital" else site
        for site in network.sites
    ]
    services.import_network(operator, network.model_copy(update={"sites": group}), replace=True)
    holder = selectors.site(operator, "near").organisation
    assert selectors.own_site_codes(person("hospital", of=holder)) == {"near", "mid", "far", "tight"}
    assert selectors.own_site_codes(person("hospital", of=holder, site_code="far")) == {"far"}


def test_there_is_a_plain_answer_before_the_first_import(operator, tmp_path):
    assert selectors.meta(operator) is None
    with pytest.raises(ConflictError, match="import"):
        selectors.export_network(operator)
    write_network(small_network(), tmp_path / "n.yaml")
    result = services.import_file(operator, (tmp_path / "n.yaml").read_bytes(), "n.yaml", dry_run=True)
    assert result.problems == []
    assert selectors.meta(operator) is None
