"""``becq plan``: a network file in, a plan as JSON, Excel, calendar and one HTML page out."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from becq.errors import ConflictError, InputError

LANGUAGES = ("en", "zh")
FILES = ("plan.json", "plan.xlsx", "plan.ics", "plan.html")


def plan(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Network file: .yaml, .xlsx or a folder.")],
    first: Annotated[str, typer.Option("--from", help="First day, YYYY-MM-DD, in the network's zone.")],
    out: Annotated[Path, typer.Option(help="Folder for plan.json, .xlsx, .ics and .html.")],
    days: Annotated[int, typer.Option(help="Number of days.")] = 14,
    as_json: Annotated[bool, typer.Option("--json", help="Print the plan as one JSON object.")] = False,
    pins: Annotated[
        Path | None,
        typer.Option(help='JSON: {"batches": {batch: "start"|"forbid"}, "deliveries": {order: lot|null}}.'),
    ] = None,
    policy: Annotated[
        str,
        typer.Option(help="Who gets what is scarce: priority, pro-rata, fair-hospitals or fair-provinces."),
    ] = "priority",
    prices: Annotated[
        bool | None,
        typer.Option(
            "--prices/--no-prices",
            help="Shadow prices of what limits the plan; left out: where they take no more than a moment.",
        ),
    ] = None,
    time_limit: Annotated[float, typer.Option(help="Longest time for the solver, in seconds.")] = 60.0,
    lang: Annotated[str, typer.Option(help="Language of the page and the summary: en or zh.")] = "en",
) -> None:
    """Plan a network: who makes what and when, who gets it, and why somebody does not."""
    from becq.chain.reading import read_network
    from becq.planning import plan as make_plan

    start = _day(first)
    if lang not in LANGUAGES:
        raise InputError(f"--lang {lang}: the languages are {' and '.join(LANGUAGES)}")
    if not 0 < time_limit <= 86400:
        raise InputError(f"--time-limit {time_limit:g}: give seconds, more than 0 and at most 86400")
    chosen = read_policy(policy)
    fixed = read_pins(pins)
    folder = make_folder(out)
    network = read_network(file)
    with show_progress() as report:
        try:
            found = make_plan(
                network, start, days, pins=fixed, policy=chosen, prices=prices, time_limit_s=time_limit,
                progress=report,
            )  # fmt: skip
        except ConflictError as error:
            from becq.planning.conflicts import named_conflict

            raise (named_conflict(error, network, start, days, fixed) if fixed else error) from error
    written = write_plan(found, network, folder, lang)
    if as_json:
        typer.echo(json.dumps(found.as_dict(network), ensure_ascii=False, allow_nan=False))
        return
    for line in _summary(found, written, lang, network):
        typer.echo(line)


def _day(text: str) -> date:
    from becq.chain.consistency import FIRST_YEAR, LAST_YEAR

    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InputError(f"--from {text}: write a day as YYYY-MM-DD, for example 2026-12-07") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise InputError(f"--from {text}: the year is between {FIRST_YEAR} and {LAST_YEAR}")
    return day


def read_policy(text: str) -> Any:
    """A rationing policy by its name. Raises InputError where there is none of that name."""
    from becq.planning.groups import POLICIES

    if text not in POLICIES:
        raise InputError(f"--policy {text}: the policies are {', '.join(POLICIES)}")
    return text


def read_pins(path: Path | None) -> Any:
    """The pins of a JSON file, None where there is no path. Raises InputError."""
    from pydantic import ValidationError

    from becq.planning import Pins

    if path is None:
        return None
    try:
        return Pins.model_validate_json(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except ValidationError as error:
        lines = []
        for detail in error.errors(include_url=False):
            where = ".".join(str(part) for part in detail["loc"])
            lines.append(f"{path}{f', {where}' if where else ''}: {detail['msg']}")
        raise InputError("\n".join(lines)) from error


def make_folder(path: Path) -> Path:
    """The folder for the files, made where it is missing: said before the solver has worked for nothing."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        if not os.access(path, os.W_OK):
            raise InputError(f"{path} cannot be written to")
    except OSError as error:
        raise InputError(f"{path} cannot be made: {error.strerror}") from error
    return path


@contextmanager
def show_progress() -> Iterator[Callable[[float, str], None]]:
    """A bar on a terminal, a line for every tenth elsewhere; always on stderr."""
    if not sys.stderr.isatty():
        said = -1.0

        def line(fraction: float, text: str) -> None:
            nonlocal said
            if fraction - said >= 0.1 or fraction >= 1.0:
                print(f"{fraction:4.0%} {text}", file=sys.stderr, flush=True)
                said = fraction

        yield line
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (BarColumn(bar_width=30), TextColumn("{task.percentage:>3.0f}%"), TimeElapsedColumn())
    with Progress(*columns, TextColumn("{task.description}"), console=console, transient=True) as bar:
        job = bar.add_task("reading", total=1.0)
        yield lambda fraction, text: bar.update(job, completed=fraction, description=text)


def write_plan(found: Any, network: Any, folder: Path, lang: str) -> list[Path]:
    """Write the files beside their places and then put them there, so that none is ever half there."""
    from xlsxwriter.exceptions import FileCreateError

    from becq.reports.plan_html import write_plan_html
    from becq.reports.plan_ical import write_plan_ical
    from becq.reports.plan_json import write_plan_json
    from becq.reports.plan_xlsx import write_plan_xlsx

    try:
        draft = Path(tempfile.mkdtemp(prefix=".plan-", dir=folder))
        try:
            write_plan_json(found, network, draft / "plan.json")
            write_plan_ical(found, network, draft / "plan.ics", language=lang)
            try:
                write_plan_xlsx(found, network, draft / "plan.xlsx")
            except FileCreateError as error:  # what the library makes of an OSError
                raise error.args[0] from error
            try:
                write_plan_html(found, network, draft / "plan.html", lang)
            except ConflictError as error:  # the page's assets are not built; the plan itself is not lost
                print(f"becq: no plan.html: {error}", file=sys.stderr)
            for name in FILES:
                if (draft / name).exists():
                    (draft / name).replace(folder / name)
                else:
                    (folder / name).unlink(missing_ok=True)  # that of an earlier plan
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        raise InputError(f"{folder}: the plan cannot be written: {error.strerror}") from error
    return [folder / name for name in FILES if (folder / name).exists()]


def _summary(found: Any, written: list[Path], lang: str, network: Any) -> Iterator[str]:
    from becq.reports.plan_words import fairness_lines, price_lines, serving_lines
    from becq.reports.words import WORDS

    zh, words = lang == "zh", WORDS[lang]
    last = date.fromisoformat(found.first[:10])
    reasons = Counter(row.reason for row in found.unmet)
    batches = sum(1 for batch in found.batches if batch.kind != "stock")
    if zh:
        yield f"{found.network}，自{last}起{found.days}天"
        yield (
            f"{found.orders}份订单中满足{found.orders_served}份（按产品订单数加权，为所订活度的{found.served_fraction:.1%}），"
            f"与理论最优相差不超过{found.gap:.2%}；先到先得为{found.greedy_served_fraction:.1%}"
        )
        sent = len(found.deliveries)
        yield f"{batches}个批次，{sent}次送货，费用{found.cost:,.0f}元，求解{found.solve_s:.1f}秒"
        yield from serving_lines(found, lang)
        if reasons:
            yield "未满足：" + "，".join(
                f"{words.get(code, code)} {n}份" for code, n in reasons.most_common()
            )
        yield from fairness_lines(found.fairness, found.policy, lang)
        yield from price_lines(found.prices, network.zone, lang)
        for row in found.unchecked:
            yield row["sentence_zh"]
        if found.timed_out:
            yield "求解到时，差距可用更长的 --time-limit 缩小"
        yield "文件：" + "，".join(str(path) for path in written)
        return
    yield f"{found.network}, {found.days} days from {last}"
    yield (
        f"{found.orders_served} of {found.orders} orders served ({found.served_fraction:.1%} of the "
        f"ordered activity, products weighing by their orders), "
        f"at most {found.gap:.2%} from the best possible; first come, first served: "
        f"{found.greedy_served_fraction:.1%}"
    )
    yield (
        f"{batches} batches, {len(found.deliveries)} deliveries, cost {found.cost:,.0f} CNY, "
        f"solved in {found.solve_s:.1f} s"
    )
    yield from serving_lines(found, lang)
    if reasons:
        yield "unmet: " + ", ".join(f"{n} ({words.get(code, code)})" for code, n in reasons.most_common())
    yield from fairness_lines(found.fairness, found.policy, lang)
    yield from price_lines(found.prices, network.zone, lang)
    for row in found.unchecked:
        yield row["sentence"]
    if found.timed_out:
        yield "the time limit was met; a longer --time-limit may narrow the gap"
    yield "files: " + ", ".join(str(path) for path in written)
