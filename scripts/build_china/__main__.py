"""``python scripts/build_china [target]``: writes the network, and its tables into docs/china.md."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from becq.chain.table_folder import write_folder
from build_china.network import build
from build_china.pages import documented, renewed
from build_china.reach import reach_table
from build_china.tables import DOCS, FOLDER


def main() -> None:
    china = build()
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    write_folder(china.network, target)
    if target == FOLDER:
        text = documented(DOCS.read_text(encoding="utf-8"), china)
        DOCS.write_text(renewed(text, "reach", reach_table(china.network)), encoding="utf-8")


main()
