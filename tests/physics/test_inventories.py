"""Inventories as frames: the numbers are those of decay(), the rows are where they belong."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from becq.errors import InputError
from becq.physics.decay import decay, decay_factor
from becq.physics.inventories import decayed, from_arrays, to_long, to_wide
from becq.physics.inventory_blocks import decay_parquet, decayed_blocks

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MIXED = pl.DataFrame(
    {
        "lot": ["B", "B", "A", "C", "D", "D"],
        "nuclide": ["Mo-99", "Tc-99m", "F-18", "Mo-99", "I-131", "I-131"],
        "activity_bq": [1e10, 2e9, 5e9, 3e10, 1e9, -4e8],
        "reference_time": [NOON - timedelta(hours=h) for h in (6, 6, 1, 24, 48, 12)],
    }
)


def value(frame: pl.DataFrame, lot: object, nuclide: str) -> float:
    rows = frame.filter((pl.col("lot") == lot) & (pl.col("nuclide") == nuclide))
    assert rows.height == 1, (lot, nuclide, rows)
    return float(rows["activity_bq"][0])


def test_long_form_adds_up_what_a_lot_holds() -> None:
    got = decayed(MIXED, NOON)
    assert got.columns == ["lot", "nuclide", "activity_bq", "reference_time"]
    assert got["reference_time"].unique().to_list() == [NOON]
    both = decay(["Mo-99", "Tc-99m"], [1e10, 2e9], 6 * 3600.0)
    for member in both.members:
        assert value(got, "B", member) == pytest.approx(float(both.of(member)), rel=1e-12)
    assert value(got, "A", "F-18") == pytest.approx(5e9 * float(decay_factor("F-18", 3600.0)), rel=1e-12)
    assert value(got, "C", "Tc-99m") == pytest.approx(
        float(decay("Mo-99", 3e10, 86400.0).of("Tc-99m")), rel=1e-12
    )
    iodine = 1e9 * decay_factor("I-131", 48 * 3600.0) - 4e8 * decay_factor("I-131", 12 * 3600.0)
    assert value(got, "D", "I-131") == pytest.approx(float(iodine), rel=1e-12)
    assert got["lot"].unique(maintain_order=True).to_list() == ["B", "A", "C", "D"]
    assert got.filter(pl.col("lot") == "B")["nuclide"].to_list() == ["Mo-99", "Tc-99m", "Tc-99"]


def test_wide_form_and_back() -> None:
    wide, long = decayed(MIXED, NOON, form="wide"), decayed(MIXED, NOON)
    assert wide["lot"].to_list() == ["B", "A", "C", "D"]
    assert wide["F-18"].to_list()[0] is None
    assert wide["Tc-99m"][2] == value(long, "C", "Tc-99m")
    assert wide.columns.index("Mo-99") < wide.columns.index("Tc-99m") < wide.columns.index("Tc-99")
    assert_frame_equal(to_wide(long), wide)
    assert_frame_equal(to_long(wide).sort("lot", "nuclide"), long.sort("lot", "nuclide"))


def test_one_row_a_lot_gives_the_same_either_way() -> None:
    """The quick way (nothing to add up) against the general one."""
    frame = MIXED.filter(pl.col("nuclide") == "Mo-99")
    alone = decayed(frame, NOON, form="wide")
    beside = decayed(MIXED, NOON, form="wide", members=["Mo-99", "Tc-99m", "Tc-99"])
    assert alone["Tc-99m"][1] == pytest.approx(beside["Tc-99m"][2], rel=1e-14)
    assert_frame_equal(decayed(frame, NOON), to_long(alone))


def test_members_are_chosen_and_ordered() -> None:
    got = decayed(MIXED, NOON, members=["Tc-99m", "F-18"], form="wide")
    assert got.columns == ["lot", "reference_time", "Tc-99m", "F-18"]
    assert set(decayed(MIXED, NOON, members=["Tc-99m"])["lot"]) == {"B", "C"}
    none = decayed(MIXED.filter(pl.col("lot") == "A"), NOON, members=["Tc-99m"], form="wide")
    assert none["Tc-99m"].to_list() == [None]  # nothing of it, but the lot and the column are there
    assert none.schema["Tc-99m"] == pl.Float64


def test_each_lot_at_its_own_moment() -> None:
    hours = pl.Series([1, 1, 2, 3, 4, 4])
    frame = MIXED.with_columns((pl.lit(NOON) + pl.duration(hours=hours)).alias("calibration"))
    got = decayed(frame, "calibration")
    assert value(got, "C", "Mo-99") == pytest.approx(
        3e10 * float(decay_factor("Mo-99", 27 * 3600.0)), rel=1e-12
    )
    assert got.filter(pl.col("lot") == "A")["reference_time"].to_list() == [NOON + timedelta(hours=2)]
    torn = frame.with_columns((pl.lit(NOON) + pl.duration(hours=pl.Series(range(6)))).alias("calibration"))
    with pytest.raises(InputError, match="one moment for each lot"):
        decayed(torn, "calibration")


def test_seconds_and_other_zones() -> None:
    seconds = pl.DataFrame({"lot": [1], "nuclide": ["F-18"], "activity_bq": [1e9], "reference_time": [100.0]})
    expected = 1e9 * float(decay_factor("F-18", 3600.0))
    assert value(decayed(seconds, 3700.0), 1, "F-18") == pytest.approx(expected, rel=1e-13)
    chengdu = NOON.astimezone(timezone(timedelta(hours=8)))
    assert value(decayed(MIXED, chengdu), "A", "F-18") == value(decayed(MIXED, NOON), "A", "F-18")


@pytest.mark.parametrize("kind", [pl.Categorical, pl.Enum(["Mo-99", "Tc-99m", "F-18", "I-131"])])
def test_nuclides_may_be_categories(kind) -> None:
    assert_frame_equal(decayed(MIXED.with_columns(pl.col("nuclide").cast(kind)), NOON), decayed(MIXED, NOON))


def test_nuclides_alone_run_backwards() -> None:
    frame = MIXED.filter(pl.col("lot") == "B")
    back = decayed(frame, NOON - timedelta(hours=12), progeny=False)
    assert back["nuclide"].to_list() == ["Mo-99", "Tc-99m"]
    assert value(back, "B", "Tc-99m") == pytest.approx(
        2e9 * float(decay_factor("Tc-99m", -6 * 3600.0)), rel=1e-13
    )
    with pytest.raises(InputError, match="Lot B would have to be decayed back by 21600 s"):
        decayed(frame, NOON - timedelta(hours=12))


@pytest.mark.parametrize("block_rows", [1, 2, 3, 5, 100])
def test_blocks_never_tear_a_lot(block_rows: int) -> None:
    whole = decayed(MIXED, NOON)
    parts = list(decayed_blocks(MIXED, NOON, block_rows=block_rows))
    assert_frame_equal(pl.concat(parts), whole)
    assert len(parts) == {1: 4, 2: 3, 3: 2, 5: 2 - (block_rows == 5), 100: 1}[block_rows]
    single_rows = (MIXED[i : i + 1] for i in range(MIXED.height))  # lots go on in the next frame
    assert_frame_equal(pl.concat(decayed_blocks(single_rows, NOON, block_rows=block_rows)), whole)


def test_parquet_to_parquet(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    frame = pl.DataFrame(
        {
            "lot": np.arange(1000),
            "nuclide": ["Mo-99", "Ac-225"] * 500,
            "activity_bq": rng.uniform(1e9, 1e12, 1000),
            "reference_time": pl.Series([NOON - timedelta(minutes=i) for i in range(1000)]),
        }
    )
    frame.write_parquet(tmp_path / "stock.parquet")
    written = decay_parquet(tmp_path / "stock.parquet", tmp_path / "later", NOON, block_rows=300)
    assert len(list((tmp_path / "later").glob("part-*.parquet"))) == 4
    got = pl.scan_parquet(tmp_path / "later").collect().sort("lot", maintain_order=True)
    assert got.height == written
    assert_frame_equal(got, decayed(frame, NOON))
    with pytest.raises(InputError, match="not empty"):
        decay_parquet(tmp_path / "stock.parquet", tmp_path / "later", NOON)


def test_arrays_become_frames() -> None:
    inventory = decay("Mo-99", np.array([1e9, 2e9]), 3600.0, members=["Tc-99m", "Mo-99"])
    got = from_arrays(["x", "y"], inventory, NOON)
    assert got["nuclide"].to_list() == ["Mo-99", "Tc-99m"] * 2
    assert value(got, "y", "Tc-99m") == inventory.of("Tc-99m")[1]
    assert got["reference_time"].unique().to_list() == [NOON]
    with pytest.raises(InputError, match="do not fit 1 lots"):
        from_arrays(["x"], inventory, NOON)


def test_empty_inventories_stay_empty() -> None:
    assert decayed(MIXED.clear(), NOON).height == 0
    assert list(decayed_blocks(MIXED.clear(), NOON)) == []


@pytest.mark.parametrize(
    ("frame", "at", "message"),
    [
        (MIXED.drop("lot"), NOON, "missing: lot"),
        (MIXED.with_columns(nuclide=pl.lit("99mTc")), NOON, "No decay data for '99mTc'.*: row 1, lot B"),
        (MIXED.with_columns(activity_bq=pl.lit(np.nan)), NOON, "not a finite number: row 1, lot B"),
        (MIXED.with_columns(nuclide=pl.lit("Mo-98")), NOON, "stable|No decay data"),
        (
            MIXED.with_columns(activity_bq=pl.lit(None, pl.Float64)),
            NOON,
            "activity_bq is empty: row 1, lot B",
        ),
        (MIXED, NOON.replace(tzinfo=None), "need a time zone"),
        (MIXED.with_columns(pl.col("reference_time").dt.replace_time_zone(None)), NOON, "need a time zone"),
        (MIXED, 1e9, "both be datetimes or both seconds|time zone"),
        (MIXED.with_columns(reference_time=pl.lit(0.0)), NOON, "both be datetimes or both seconds"),
        (MIXED, "calibration", "no column 'calibration'"),
    ],
)
def test_errors_say_what_is_wrong(frame: pl.DataFrame, at: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        decayed(frame, at)  # type: ignore[arg-type]


def test_an_unknown_form_is_refused() -> None:
    with pytest.raises(InputError, match="no form 'foo' of an inventory; use long or wide"):
        decayed(MIXED, NOON, form="foo")  # type: ignore[arg-type]


def test_frames_are_loaded_only_where_used() -> None:
    code = "import sys, becq.physics.decay, becq.physics.cumulation; sys.exit('polars' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


MEMORY = """
import sys
from datetime import datetime, timedelta, UTC
import numpy as np, polars as pl
from becq.physics.inventory_blocks import decayed_blocks
noon = datetime(2026, 3, 2, tzinfo=UTC)
def stock(blocks):
    rng = np.random.default_rng(1)
    for b in range(blocks):
        yield pl.DataFrame({
            "lot": np.arange(b * 100_000, (b + 1) * 100_000), "nuclide": ["Mo-99"] * 100_000,
            "activity_bq": rng.uniform(1e9, 1e12, 100_000),
            "reference_time": pl.Series(rng.integers(0, 86_400_000_000, 100_000)).cast(pl.Datetime("us", "UTC")),
        })
rows = 0
for block in decayed_blocks(stock(int(sys.argv[1])), noon, block_rows=100_000):
    rows += block.height
peak = next(x for x in open('/proc/self/status') if x.startswith('VmHWM'))
print(rows, peak.split()[1])
"""


@pytest.mark.slow
def test_memory_does_not_grow_with_the_lots() -> None:
    """Peak memory (kB) over 3 million lots is that over 300,000 and no more than 60 MB."""
    peaks = []
    for blocks in (3, 30):
        run = subprocess.run(
            [sys.executable, "-c", MEMORY, str(blocks)], capture_output=True, text=True, check=True
        )
        rows, peak = map(int, run.stdout.split())
        assert rows == blocks * 300_000
        peaks.append(peak)
    assert peaks[1] - peaks[0] < 60_000
