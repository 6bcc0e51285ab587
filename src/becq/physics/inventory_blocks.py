"""Inventories larger than memory: decayed in blocks, from frames to frames or from Parquet to Parquet.

One block is held at a time, so ten million lots need no more memory than one block and what reads them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import polars as pl

from becq.errors import InputError
from becq.physics.inventories import COLUMNS, Form, Moment, decayed
from becq.physics.nuclides import Nuclide

BLOCK_ROWS = 500_000
"""Rows of a block unless told otherwise: some 50 MB of a three-member chain."""


def decayed_blocks(
    frames: pl.DataFrame | Iterable[pl.DataFrame],
    at: Moment,
    *,
    members: Sequence[str | Nuclide] | None = None,
    progeny: bool = True,
    form: Form = "long",
    block_rows: int = BLOCK_ROWS,
) -> Iterator[pl.DataFrame]:
    """An inventory at another moment, in blocks: a frame of answers for each.

    :param block_rows: rows in a block, about.
    :param frames: one frame, cut into blocks here, or any iterable of frames (a reader of files, a cursor of
        a database). No lot is torn apart as long as its rows stand together, also across frames.
    :returns: frames whose concatenation is the answer of :func:`becq.physics.inventories.decayed`; in wide
        form name the ``members``, so that all blocks have the same columns.
    :raises InputError: as :func:`becq.physics.inventories.decayed`, when the block is reached.
    """
    for block in _whole_lots([frames] if isinstance(frames, pl.DataFrame) else frames, block_rows):
        yield decayed(block, at, members=members, progeny=progeny, form=form)


def decay_parquet(
    source: Path,
    target: Path,
    at: Moment,
    *,
    members: Sequence[str | Nuclide] | None = None,
    progeny: bool = True,
    form: Form = "long",
    block_rows: int = BLOCK_ROWS,
) -> int:
    """Decays a Parquet file (or a folder of them) into a folder of Parquet files, block by block.

    :param target: a folder, made if needed; it gets part-00000.parquet and so on, which
        ``polars.scan_parquet(target)`` reads as one table.
    :returns: the number of rows written.
    :raises InputError: as :func:`becq.physics.inventories.decayed`, and for a target that is not empty.
    """
    target.mkdir(parents=True, exist_ok=True)
    if any(target.iterdir()):
        raise InputError(f"{target} is not empty: name a new folder for the decayed inventory")
    written = 0
    blocks = decayed_blocks(
        _read_parquet(source, block_rows),
        at,
        members=members,
        progeny=progeny,
        form=form,
        block_rows=block_rows,
    )
    for number, block in enumerate(blocks):
        block.write_parquet(target / f"part-{number:05d}.parquet")
        written += block.height
    return written


def _whole_lots(frames: Iterable[pl.DataFrame], block_rows: int) -> Iterator[pl.DataFrame]:
    """Blocks of about that many rows that end where a lot ends."""
    if block_rows < 1:
        raise InputError("A block must have at least one row")
    held: pl.DataFrame | None = None  # the last lot of a frame may go on in the next one
    for frame in frames:
        if "lot" not in frame.columns:
            raise InputError(f"An inventory needs the columns {', '.join(COLUMNS)}")
        rest = frame if held is None else pl.concat([held, frame])
        held = None
        while rest.height > block_rows:
            lot = rest["lot"]
            cut = block_rows
            while cut < rest.height and lot[cut] == lot[cut - 1]:
                cut += 1
            if cut == rest.height:
                break
            yield rest.slice(0, cut)
            rest = rest.slice(cut)
        held = rest if rest.height else None
    if held is not None:
        yield held


def _read_parquet(source: Path, block_rows: int) -> Iterator[pl.DataFrame]:
    scan = pl.scan_parquet(source)
    rows = int(scan.select(pl.len()).collect().item())
    for first in range(0, rows, block_rows):
        yield scan.slice(first, block_rows).collect()
