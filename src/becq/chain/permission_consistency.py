"""What sites, their licences and the approvals of transfers must satisfy beyond their single rows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from becq.chain.divisions import divisions, province_of, stem
from becq.chain.operations import operations
from becq.chain.regions import province_named
from becq.chain.site import Licence, Site
from becq.chain.source import Flaw, Path
from becq.chain.suggestion import did_you_mean
from becq.chain.survey import Survey, implausible_year, stable_nuclide


def site_flaws(survey: Survey) -> Iterator[Flaw]:
    """Flaws of sites: where they lie, and what their licences say."""
    for index, site in enumerate(survey.network.sites):
        path = survey.at("sites", index)
        yield from _place(site, path)
        if site.use_class is not None and site.kind != "hospital":
            message = f"a site of kind {site.kind} has no use licence for radiopharmaceuticals"
            yield Flaw((*path, "use_class"), message, "leave it out: it belongs to hospitals")
        if site.licence is not None:
            yield from _licence(site, site.licence, (*path, "licence"))


def approval_flaws(survey: Survey) -> Iterator[Flaw]:
    """Flaws of approvals of transfers."""
    for index, approval in enumerate(survey.network.approvals):
        path = survey.at("approvals", index)
        yield from stable_nuclide(approval.nuclide, (*path, "nuclide"))
        if approval.origin == approval.destination:
            message = f"the transfer ends where it starts, at '{approval.origin}'"
            yield Flaw((*path, "destination"), message, "name another destination")
        for field in ("valid_from", "valid_until"):
            yield from implausible_year(getattr(approval, field), (*path, field))


def _place(site: Site, path: Path) -> Iterator[Flaw]:
    """The division exists, and province and jurisdiction do not name another one."""
    if site.division is None:
        return
    if site.division not in divisions():
        yield Flaw(
            (*path, "division"), f"'{site.division}' is no division of GB/T 2260", _near(site.division)
        )
        return
    province = province_of(site.division)
    named = province_named(site.province) if site.province else None
    if named is not None and named.code != province.code:
        yield Flaw(
            (*path, "province"),
            f"division {site.division} lies in {province.name_zh}, not in '{site.province}'",
            f"write {stem(province.name_zh)} or {province.name_en}, or correct the division",
        )
    match = re.fullmatch(r"CN-([0-9]{2}|[0-9]{4}|[0-9]{6})", site.jurisdiction)
    if match and not site.division.startswith(_trimmed(match[1])):
        yield Flaw(
            (*path, "jurisdiction"),
            f"the jurisdiction {site.jurisdiction} does not hold in division {site.division}",
            f"write CN-{site.division[:2]} or CN",
        )


def _trimmed(code: str) -> str:
    """A code without the pairs of zeros that fill it up."""
    return re.sub(r"(00)+$", "", code)


def _near(code: str) -> str:
    for known in (code[:4] + "00", code[:2] + "0000"):
        if known in divisions():
            return f"{known} is {divisions()[known].name_zh}; codes are listed in the table divisions"
    return "six digits are wanted, as 510100 for Chengdu"


def _licence(site: Site, licence: Licence, path: Path) -> Iterator[Flaw]:
    if licence.valid_until:
        yield from implausible_year(licence.valid_until, (*path, "valid_until"))
    seen: dict[str, int] = {}
    for number, row in enumerate(licence.nuclides):
        at = (*path, "nuclides", number, "nuclide")
        yield from stable_nuclide(row.nuclide, at)
        if row.nuclide in seen:
            message = f"{row.nuclide} is licensed twice at '{site.id}'"
            first = (*path, "nuclides", seen[row.nuclide])
            yield Flaw(at, message, "keep one limit for each nuclide", first)
        seen.setdefault(row.nuclide, number)
    yield from _operations(site, licence, path)


def _operations(site: Site, licence: Licence, path: Path) -> Iterator[Flaw]:
    licensed = {row.nuclide for row in licence.nuclides}
    classes: dict[str, int] = {}
    seen: dict[tuple[str, str, str | None], int] = {}
    for number, row in enumerate(licence.operations):
        at = (*path, "operations", number)
        if row.nuclide not in licensed:
            message = f"{row.nuclide} is handled at '{site.id}' but not licensed there"
            remedy = did_you_mean(row.nuclide, licensed) or f"add a possession limit for {row.nuclide}"
            yield Flaw((*at, "nuclide"), message, remedy)
        if row.operation is not None and row.operation not in operations():
            message = f"there is no operation '{row.operation}'"
            remedy = did_you_mean(row.operation, operations()) or f"use {', '.join(operations())}"
            yield Flaw((*at, "operation"), message, remedy)
        first = classes.setdefault(row.workplace, number)
        other = licence.operations[first].workplace_class
        if row.workplace_class != other:
            message = (
                f"the workplace '{row.workplace}' is of class {other} and of class {row.workplace_class}"
            )
            where = (*path, "operations", first)
            yield Flaw((*at, "workplace_class"), message, "a workplace has one class", where)
        key = (row.workplace, row.nuclide, row.operation)
        if key in seen:
            message = f"{row.nuclide} is listed twice for the workplace '{row.workplace}'"
            where = (*path, "operations", seen[key])
            yield Flaw((*at, "nuclide"), message, "keep one row for each nuclide and operation", where)
        seen.setdefault(key, number)
        if row.yearly_limit is not None and row.yearly_limit < row.daily_limit:
            message = "the yearly limit is below the daily limit"
            yield Flaw((*at, "yearly_limit"), message, "give a yearly_limit of at least daily_limit")


__all__ = ["approval_flaws", "site_flaws"]
