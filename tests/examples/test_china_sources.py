"""The sources of the example of China: cited by publisher, title and date, with the address read beside."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "examples" / "china"
TABLES = (
    *("producers", "pharmacies", "enterprises", "figures", "procedures", "recipes", "parameters", "products"),
    *("outages", "survey", "airports", "flights", "stock", "resources", "departments_found"),
    *("third_grade_hospitals", "county_hospitals", "hospital_corrections", "hospital_pairs", "provinces"),
)

Row = dict[str, str]


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture(scope="module")
def sources() -> dict[str, Row]:
    return {row["source"]: row for row in read(FOLDER / "tables" / "sources.csv")}


def cited(paths: Iterator[Path]) -> dict[str, str]:
    """Every source named in the files, and a file that names it."""
    return {
        part: path.name
        for path in paths
        for row in read(path)
        for part in (row.get("source") or "").split("; ")
        if part
    }


def tables() -> Iterator[Path]:
    return (FOLDER / "tables" / f"{name}.csv" for name in TABLES)


def test_a_source_is_cited_by_publisher_title_and_date(sources: dict[str, Row]) -> None:
    assert len(sources) == len(read(FOLDER / "tables" / "sources.csv"))
    for name, row in sources.items():
        date = f", {row['published']}" if row["published"] else ""
        assert name == f"{row['publisher']}: {row['title']}{date}"
        assert "http" not in name


def test_only_addresses_of_publishers_and_known_hosts_can_be_followed(sources: dict[str, Row]) -> None:
    for name, row in sources.items():
        assert row["host"] in ("publisher", "repost", "mirror", ""), name
        assert bool(row["host"]) == bool(row["read_at"]), name
        assert row["read_at"].startswith("http") == (row["host"] in ("publisher", "repost")), name


def test_tables_cite_sources_that_are_listed(sources: dict[str, Row]) -> None:
    assert {part: name for part, name in cited(tables()).items() if part not in sources} == {}


def test_the_network_cites_no_address(sources: dict[str, Row]) -> None:
    """Rows read from the tables of Sichuan and Yantai are cited in the same way."""
    found = cited(path for path in FOLDER.glob("*.csv"))
    assert [part for part in found if "http" in part and not part.startswith("3AHospital")] == []
    assert len(set(found) & set(sources)) > 60


def test_every_source_is_used(sources: dict[str, Row]) -> None:
    """By this example, or by the tables of Sichuan and Yantai that it reads."""
    used = set(cited(tables())) | set(cited(path for path in FOLDER.glob("*.csv")))
    used |= set(cited(FOLDER / "tables" / f"{name}.csv" for name in ("provinces", "hospitals")))
    neighbours = "".join(
        path.read_text(encoding="utf-8")
        for example in ("sichuan", "yantai")
        for path in (FOLDER.parent / example / "tables").glob("*.csv")
    )
    unused = [
        name
        for name, row in sources.items()
        if name not in used | {name for name in sources if name in neighbours}
        and not (row["read_at"] and row["read_at"] in neighbours)
    ]
    assert unused == []


@pytest.mark.parametrize("example", ["sichuan", "yantai", "china"])
def test_no_address_of_a_mirror_can_be_followed(sources: dict[str, Row], example: str) -> None:
    """Hosts that copy the pages of others: nobody should be led there by a click."""
    mirrors = {row["read_at"].partition("/")[0] for row in sources.values() if row["host"] == "mirror"}
    assert len(mirrors) > 20
    texts = {
        path.name: path.read_text(encoding="utf-8")
        for path in (FOLDER.parent / example).rglob("*")
        if path.suffix in (".csv", ".yaml", ".md")
    }
    led = [(name, host) for name, text in texts.items() for host in mirrors if f"//{host}" in text]
    assert led == []
