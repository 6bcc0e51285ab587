"""The map of a plan at two moments, in a browser, against what the plan's own JSON says of them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from market_world import world
from playwright.sync_api import expect
from test_move_pages import at_once, open_plan, run

from becq.physics import decay_data
from becq.physics.quantities import format_activity

__all__ = ["at_once", "open_plan", "run", "world"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def expected(document, at: float) -> dict[str, tuple[str, str, str]]:
    """Nuclide → packages, their activity, batches at a moment: read from the plan without the page's help."""
    packages: dict[str, list[float]] = {}
    for row in (*document["deliveries"], *document["supplies"]):
        if not row["legs"] or not seconds(row["legs"][0]["start"]) <= at < seconds(row["legs"][-1]["end"]):
            continue
        age = at - seconds(row["reference_time"])
        left = row["activity_bq"] * 2.0 ** (-age / decay_data.half_life_s(row["nuclide"]))
        packages.setdefault(row["nuclide"], []).append(left)
    batches: dict[str, int] = {}
    for row in document["batches"]:
        if row["kind"] != "stock" and seconds(row["start"]) <= at < seconds(row["release"]):
            batches[row["nuclide"]] = batches.get(row["nuclide"], 0) + 1
    return {
        name: (
            str(len(packages.get(name, ())) or "—"),
            format_activity(sum(packages[name])) if name in packages else "—",
            str(batches.get(name) or "—"),
        )
        for name in {*packages, *batches}
    }


def shown(page) -> dict[str, tuple[str, str, str]]:
    found = {}
    for row in page.locator(".map-moment tbody tr").all():
        cells = tuple(row.locator("td").all_inner_texts()[:3])
        if cells != ("—", "—", "—"):
            found[row.get_attribute("data-nuclide")] = cells
    return found


def go(page, at: float) -> None:
    page.evaluate(
        """at => { const slider = document.querySelector(".slider input");
            slider.value = at; slider.dispatchEvent(new Event("input", {bubbles: true})); }""",
        at * 1000,
    )


def test_two_moments_of_the_map_are_those_of_the_plan(world, run, open_plan):
    page = open_plan(tab="map")
    legs = [leg for row in run.result["deliveries"] for leg in row["legs"]]
    leg = max(legs, key=lambda each: seconds(each["end"]) - seconds(each["start"]))
    middle = (seconds(leg["start"]) + seconds(leg["end"])) / 2 // 60 * 60
    batch = next(row for row in run.result["batches"] if row["kind"] == "accelerator_run")
    making = (seconds(batch["start"]) + seconds(batch["eob"])) / 2 // 60 * 60
    for at in (middle, making):
        go(page, at)
        assert shown(page) == expected(run.result, at)
        assert (
            f"{datetime.fromtimestamp(at, ZoneInfo('Asia/Shanghai')):%m-%d %H:%M} UTC+8"
            in page.inner_text("output")
        )
    assert expected(run.result, middle) != expected(run.result, making)


def test_the_map_is_played_stepped_and_filtered_by_keyboard_and_on_a_phone(world, run, open_plan):
    page = open_plan(tab="map", width=390, language="zh-hans")
    go(page, seconds(run.result["from"]) + 1800)
    page.locator(".slider input").focus()
    before = page.inner_text(".slider output")
    page.keyboard.press("ArrowRight")
    assert page.inner_text(".slider output") != before
    assert ":00 " in page.inner_text(".slider output")
    page.keyboard.press("PageUp")
    assert "12-09 01:00" in page.inner_text(".slider output")
    page.keyboard.press(" ")
    page.wait_for_selector(".slider button[aria-label=暂停]")
    expect(page.locator(".slider output")).not_to_contain_text("12-09 01")
    page.keyboard.press(" ")
    page.wait_for_selector(".slider button[aria-label=播放]")
    page.locator(".moment-nuclide").first.click()
    assert page.get_attribute(".moment-nuclide >> nth=0", "aria-pressed") == "true"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_where_motion_is_unwelcome_the_hours_jump(world, run, open_plan):
    page = open_plan(tab="map", reduced_motion="reduce")
    go(page, seconds(run.result["from"]) + 1800)
    page.click("[data-island=map] button[aria-label=Play]")
    page.wait_for_timeout(400)
    assert "00:30" in page.inner_text(".slider output")  # nothing moves until a second has passed
    expect(page.locator(".slider output")).not_to_contain_text("00:30")
    assert ":00 " in page.inner_text(".slider output")
