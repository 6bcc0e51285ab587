"""Notes that say the same of many subjects, drawn together: one for each rule and what it lacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from becq.rules.evaluation import Verdicts
from becq.rules.finding import Finding

NAMED = 4
"""Products or nuclides that a note names before it counts the rest."""
Row = Mapping[str, Any]


def group_notes(verdicts: Verdicts) -> list[Finding]:
    """The notes of some verdicts; where a rule lacks the same of several subjects, one note with their count.

    Notes of rules that were judged stay as they are, and so does what is lacking once. What was not judged
    needs no remedy, and has none.
    """
    lines = verdicts.frame.filter(verdicts.frame["severity"] == "note")
    groups: dict[tuple[str, tuple[str, ...], int], list[tuple[Finding, Row]]] = {}
    for number, (finding, line) in enumerate(
        zip(verdicts.findings(["note"]), lines.iter_rows(named=True), strict=True)
    ):
        row = verdicts.facts[line["subject"]].row(line["row"], named=True)
        alone = number if line["assessed"] else -1
        groups.setdefault((finding.rule, finding.missing, alone), []).append((finding, row))
    found = [_together(same) if len(same) > 1 else same[0][0] for same in groups.values()]
    return [replace(note, remedy="", remedy_zh="") if note.missing else note for note in found]


def _together(same: list[tuple[Finding, Row]]) -> Finding:
    first, count = same[0][0], len(same)
    sites = len({row["site"] or row["label"] for _, row in same})
    what = sorted({str(row.get("product") or row.get("nuclide") or "") for _, row in same} - {""})
    named, more = ", ".join(what[:NAMED]), len(what) - NAMED
    named_zh = "、".join(what[:NAMED])
    of = f" ({named}{f' and {more} more' if more > 0 else ''})" if what else ""
    of_zh = f"（{named_zh}{f'等{len(what)}种' if more > 0 else ''}）" if what else ""
    where = f"{sites} site{'s' if sites != 1 else ''}"
    return replace(
        first,
        subject=where,
        subject_zh=f"{sites}个场所",
        sentence=f"'{first.title}' could not be judged {count} times, at {where}{of}; "
        f"not known: {', '.join(first.missing)}.",
        sentence_zh=f"“{first.title_zh}”有{count}项未能判定，涉及{sites}个场所{of_zh}；"
        f"缺少：{'、'.join(first.missing_zh)}。",
        measured=None,
        limit=None,
        margin=None,
        day="",
        count=count,
    )
