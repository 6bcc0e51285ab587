"""What a plan makes sites hold, against a second reading of the plan moment by moment."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from checker import decayed, seconds
from small import licence, small_network

from becq.chain.network import Network
from becq.planning import Plan, plan
from becq.planning.compliance import Change, daily_peaks, plan_facts
from becq.rules.evaluation import evaluate
from becq.rules.rulebook import builtin

FIRST = date(2026, 12, 7)
DAY_S = 86400.0


@pytest.fixture(scope="module")
def network() -> Network:
    return small_network()


@pytest.fixture(scope="module")
def made(network: Network) -> dict[str, Any]:
    found: Plan = plan(network, FIRST, 7)
    return found.as_dict(network)


def held_bq(network: Network, made: dict[str, Any], site: str, nuclide: str, at: float) -> float:
    """The activity on a site at a moment, summed over lots: written anew from the meaning of the plan."""
    total = 0.0
    sends = made["deliveries"] + made["supplies"]
    batches = {row["id"]: row for row in made["batches"]}

    def gone(lot: str) -> float:
        return sum(
            decayed(nuclide, row["activity_depart_bq"], at - seconds(row["depart"]))
            for row in sends
            if row["lot"] == lot and seconds(row["depart"]) <= at
        )

    for row in batches.values():
        if row["kind"] == "stock" or (row["site"], row["nuclide"]) != (site, nuclide):
            continue
        eob, release = seconds(row["eob"]), seconds(row["release"])
        beam = row["kind"] in (
            "reactor_irradiation",
            "accelerator_run",
            "solution_reactor_campaign",
            "import",
        )
        if beam and eob <= at < release:
            total += decayed(nuclide, row["activity_eob_bq"], at - eob)
        if release <= at < seconds(row["expires"]):
            total += decayed(nuclide, row["activity_bq"], at - release) - gone(row["id"])
    for lot in network.stock:
        product = network.product[lot.product]
        since = network.instant(lot.reference_time).timestamp()
        until = network.instant(lot.expires).timestamp() if lot.expires else since + product.shelf_life
        if (lot.site, product.nuclide) == (site, nuclide) and since <= at < until:
            total += decayed(nuclide, lot.activity, at - since) - gone(lot.id)
    for row in sends:
        if (row["to"], row["nuclide"]) != (site, nuclide):
            continue
        if row["order"] in batches:
            until = seconds(batches[row["order"]]["release"])
        elif network.product[row["product"]].kind == "generator":
            until = seconds(batches[row["lot"]]["expires"])
        else:
            until = seconds(row["reference_time"]) + DAY_S
        if seconds(row["arrive"]) <= at < until:
            total += decayed(nuclide, row["activity_arrive_bq"], at - seconds(row["arrive"]))
    return total


def test_peaks_are_those_of_a_second_reading(network: Network, made: dict[str, Any]) -> None:
    table = plan_facts(made, network)["holding"]
    moments = {seconds(row[key]) for row in made["batches"] for key in ("eob", "release")}
    moments |= {seconds(row["arrive"]) for row in made["deliveries"] + made["supplies"]}
    start = datetime.combine(FIRST, datetime.min.time(), network.zone).timestamp()
    moments |= {start + day * DAY_S for day in range(7)}
    for row in table.iter_rows(named=True):
        begin = datetime.combine(row["day"], datetime.min.time(), network.zone).timestamp()
        within = [at for at in moments if begin <= at < begin + DAY_S]
        expected = max(held_bq(network, made, row["site"], row["nuclide"], at) for at in within)
        assert row["activity_bq"] == pytest.approx(expected, rel=1e-6, abs=10.0), row
    assert {"reactor", "pharmacy", "near", "mid"} <= set(table["site"])
    assert not {"apt-a", "apt-b"} & set(table["site"])
    assert (table["activity_bq"] > 0).sum() > 40


def test_the_plan_keeps_possession_limits_and_a_smaller_licence_is_found(
    network: Network, made: dict[str, Any]
) -> None:
    found = evaluate(builtin(), plan_facts(made, network)).findings(["block"])
    assert [finding for finding in found if finding.rule == "cn-licence-possession"] == []
    sites = [site.model_dump(mode="json", exclude_none=True) for site in network.sites]
    for site in sites:
        if site["id"] == "near":
            site["licence"] = licence(("F-18", "1 GBq"), ("Tc-99m", "10 TBq"))
    poorer = small_network(sites=sites)
    rules = defaultdict(set)
    for finding in evaluate(builtin(), plan_facts(made, poorer)).findings(["block"]):
        rules[finding.subject].add(finding.rule)
    assert {"cn-licence-possession", "cn-licence-nuclide"} <= rules["Near Hospital"]


def test_transfers_meet_their_approvals(made: dict[str, Any]) -> None:
    approved = small_network(
        approvals=[
            {
                "id": "fdg-near",
                "origin": "pharmacy",
                "destination": "near",
                "nuclide": "F-18",
                "activity": "20 GBq",
                "valid_from": "2026-01-01",
                "valid_until": "2026-12-31",
            }
        ]
    )
    table = plan_facts(made, approved)["transfer"]
    mine = table.filter((table["from_site"] == "pharmacy") & (table["to_site"] == "near"))
    fluorine = mine.filter(mine["nuclide"] == "F-18")
    sent = [
        row["activity_depart_bq"]
        for row in sorted(made["deliveries"], key=lambda row: (row["arrive"], row["id"]))
        if (row["to"], row["nuclide"]) == ("near", "F-18")
    ]
    assert fluorine["approval_held"].all()
    running = [sum(sent[: number + 1]) for number in range(len(sent))]
    assert fluorine["year_transferred_bq"].to_list() == pytest.approx(running)
    assert not mine.filter(mine["nuclide"] == "Tc-99m")["approval_held"].any()
    verdicts = evaluate(builtin(), {"transfer": fluorine}).findings(["block"])
    over = sum(total > 20e9 for total in running)
    assert [finding.rule for finding in verdicts] == ["cn-transfer-activity"] * over
    assert over > 0


def test_handled_activity_gives_the_class_of_the_workplace(made: dict[str, Any]) -> None:
    operation = {
        "workplace": "Hot lab",
        "workplace_class": "C",
        "nuclide": "F-18",
        "operation": "very-simple-liquid",
        "daily_limit": "5 GBq",
    }
    network = small_network()
    sites = [site.model_dump(mode="json", exclude_none=True) for site in network.sites]
    for site in sites:
        if site["id"] == "near":
            site["licence"]["operations"] = [operation]
        if site["id"] == "pharmacy":
            site["licence"]["operations"] = [
                operation | {"nuclide": "Tc-99m"},
                operation | {"nuclide": "Ga-68"},
            ]
    twice = [row | {"id": f"{row['id']}-2"} for row in made["batches"] if row["process"] == "elute-ga"]
    made = made | {"batches": made["batches"] + twice}
    table = plan_facts(made, small_network(sites=sites))
    orders = [row for row in made["deliveries"] if (row["to"], row["nuclide"]) == ("near", "F-18")]
    by_day: dict[str, float] = defaultdict(float)
    for row in orders:
        local = datetime.fromisoformat(row["reference_time"]).astimezone(network.zone)
        by_day[local.date().isoformat()] += row["activity_bq"]
    eluted: dict[tuple[str, str], float] = defaultdict(float)
    for row in made["batches"]:
        if row["process"] in ("elute-tc", "elute-ga"):
            local = datetime.fromisoformat(row["release"]).astimezone(network.zone)
            eluted[row["nuclide"], str(local.date())] += row["activity_bq"]
    pharmacy = table["operation"].filter(table["operation"]["site"] == "pharmacy")
    keys = [(row["nuclide"], str(row["day"])) for row in pharmacy.iter_rows(named=True)]
    handled = dict(zip(keys, pharmacy["operated_bq"], strict=True))
    assert {key: handled[key] for key in eluted} == pytest.approx(dict(eluted))
    found = table["workplace"].filter(table["workplace"]["site"] == "near")
    assert {str(day) for day in found["day"]} >= set(by_day)
    for row in found.iter_rows(named=True):
        # low toxicity 0.01, very simple operation of a liquid 10
        known = pytest.approx(by_day.get(str(row["day"]), 0.0) * 0.01 / 10)
        assert row["daily_equivalent_known_bq"] == known
        assert row["daily_equivalent_bq"] == (None if row["daily_equivalent_bq_gap"] else known)
    near = table["operation"].filter(table["operation"]["site"] == "near")
    elsewhere = near.filter(near["nuclide"] != "F-18")  # which no workplace there is licensed for
    assert elsewhere.height > 0
    assert not elsewhere["workplace_licensed"].any()
    days = set(elsewhere["day"])
    assert {day for day, gap in found.select("day", "daily_equivalent_bq_gap").iter_rows() if gap} == days
    operated = near.filter(near["nuclide"] == "F-18")
    assert operated["daily_limit_bq"].unique().to_list() == [5e9]


def test_peaks_of_nothing_and_of_what_came_before(network: Network) -> None:
    site = network.site["near"]
    start = datetime.combine(FIRST, datetime.min.time(), site.zone).timestamp()
    before = [Change(start - DAY_S, 1e9)]
    peaks = dict(daily_peaks(before, "I-131", FIRST, 2, site))
    assert peaks[FIRST] == pytest.approx(decayed("I-131", 1e9, DAY_S), rel=1e-6)
    assert peaks[FIRST + timedelta(days=1)] == pytest.approx(decayed("I-131", 1e9, 2 * DAY_S), rel=1e-6)
    assert dict(daily_peaks([], "I-131", FIRST, 1, site)) == {FIRST: 0.0}


def test_what_a_hospital_makes_itself_needs_the_class_to_prepare_it(made: dict[str, Any]) -> None:
    network = small_network()
    sites = [site.model_dump(mode="json", exclude_none=True) for site in network.sites]
    for site in sites:
        if site["id"] == "near":
            site["use_class"] = 2
    mine = [row for row in made["deliveries"] if (row["to"], row["product"]) == ("near", "fdg")]
    own = [row | {"from": "near"} if row is mine[0] else row for row in made["deliveries"]]

    def blocked(deliveries: list[dict[str, Any]]) -> list[tuple[str, str]]:
        facts = plan_facts(made | {"deliveries": deliveries}, small_network(sites=sites))
        found = evaluate(builtin(), {"use": facts["use"]}).findings(["block"])
        return [(each.rule, each.day) for each in found if each.subject == "Near Hospital"]

    day = datetime.fromisoformat(mine[0]["reference_time"]).astimezone(network.zone).date()
    assert blocked(made["deliveries"]) == []
    assert blocked(own) == [("cn-use-positron-preparation", day.isoformat())]
