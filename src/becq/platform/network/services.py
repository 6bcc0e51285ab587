"""What is done to the network: import a file, change one row, declare an outage."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import F

from becq.chain.consistency import Survey, inconsistencies
from becq.chain.definition import define
from becq.chain.item import Item
from becq.chain.network import SECTIONS, Network
from becq.chain.site import TRANSIT_KINDS
from becq.chain.site import Site as ChainSite
from becq.chain.source import Place, Source, field_name
from becq.chain.validation import validate
from becq.errors import ConflictError, InputError, PermissionDeniedError, Problem, ProblemsError
from becq.platform import clock
from becq.platform.accounts import policy
from becq.platform.accounts import selectors as accounts
from becq.platform.accounts import services as people
from becq.platform.accounts.models import Organisation, OrganisationKind, User
from becq.platform.market import services as market
from becq.platform.network import selectors
from becq.platform.network.files import network_bytes, read_upload
from becq.platform.network.models import NetworkItem, NetworkMeta, Section, Site
from becq.platform.network.selectors import OutageRow

SUPPLY = tuple(Section.values)
_DEMAND = ("standing_orders", "orders")
_KIND_OF = {
    "reactor": OrganisationKind.PRODUCER,
    "accelerator": OrganisationKind.PRODUCER,
    "radiopharmacy": OrganisationKind.PHARMACY,
    "hospital": OrganisationKind.HOSPITAL,
    "airport": OrganisationKind.CARRIER,
    "station": OrganisationKind.CARRIER,
    "warehouse": OrganisationKind.CARRIER,
    "waste": OrganisationKind.PRODUCER,
}
"""What an organisation is, by the kind of its first site."""

AnyItem = TypeVar("AnyItem", bound=Item)


@dataclass(slots=True)
class NetworkImport:
    """What became of an uploaded file: problems by row and column (then nothing is written), or counts."""

    problems: list[Problem] = field(default_factory=list)
    added: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    removed: dict[str, int] = field(default_factory=dict)
    organisations: list[str] = field(default_factory=list)


def import_network(actor: User, network: Network, *, replace: bool) -> NetworkImport:
    """Write a network into the database, with the organisations of its sites and its orders.

    :param replace: the network is the file's and nothing else; otherwise rows are added and updated, and
        those not in the file stay.
    :raises ProblemsError: the parts would not fit each other.
    :raises PermissionDeniedError: not one of the operator's people, or new organisations are needed and
        the actor is not the operator.
    """
    _require_coordinator(actor)
    with transaction.atomic():
        meta = NetworkMeta.objects.select_for_update().filter(pk=1).first()
        merged = network
        if meta is not None and not replace:
            if meta.timezone != network.timezone:
                raise ConflictError(
                    f"The network is in {meta.timezone}, the file in {network.timezone}; "
                    "import it as a whole, or give it the same time zone"
                )
            merged = _merge(selectors.export_network(actor), network)
        _require_consistent(merged)
        result = _write(actor, merged)
        market.take_over(actor, merged, replace=replace)
    return result


def import_file(
    actor: User, content: bytes, filename: str, *, replace: bool = True, dry_run: bool = False
) -> NetworkImport:
    """The same from an uploaded file (YAML, Excel, zip). Nothing is written when there is any problem."""
    _require_coordinator(actor)
    network, problems = read_upload(content, filename)
    if network is None:
        return NetworkImport(problems)
    if dry_run:
        return NetworkImport()
    try:
        return import_network(actor, network, replace=replace)
    except ProblemsError as error:
        return NetworkImport(error.problems)


def export_file(viewer: User, suffix: str) -> bytes:
    """What the viewer may see of the network as a file.

    :param suffix: ".yaml", ".xlsx" or ".zip" (a folder of tables).
    """
    return network_bytes(selectors.export_network(viewer), suffix)


def save_item(actor: User, section: str, definition: dict[str, Any]) -> Item:
    """Add one row or replace the one of the same id; ``definition`` as the network file writes it.

    :raises ProblemsError: with every field that does not fit.
    """
    _require_coordinator(actor)
    if section not in SUPPLY:
        raise InputError(f"There is no section '{section}'; use one of {', '.join(SUPPLY)}")
    with transaction.atomic():
        _lock(actor)
        network = selectors.export_network(actor)
        data = define(network)
        rows = list(data.get(section, ()))
        code = str(definition.get("id", ""))
        index = next((i for i, row in enumerate(rows) if row["id"] == code), len(rows))
        rows[index : index + 1] = [definition]
        source = Source(
            section,
            {**data, section: rows},
            lambda path: Place(None, field_name(path) if path[:2] == (section, index) else None),
        )
        merged, problems = validate(source)
        if merged is None:
            raise ProblemsError(problems)
        _write(actor, merged)
        row: Item = getattr(merged, section)[index]
        return row


def remove_item(actor: User, section: str, code: str) -> None:
    """Remove one row that nothing else refers to.

    :raises ProblemsError: saying what refers to it.
    """
    _require_coordinator(actor)
    if section not in SUPPLY:
        raise InputError(f"There is no section '{section}'; use one of {', '.join(SUPPLY)}")
    with transaction.atomic():
        _lock(actor)
        network = selectors.export_network(actor)
        rows = [row for row in getattr(network, section) if row.id != code]
        if len(rows) == len(getattr(network, section)):
            raise InputError(f"There is no '{code}' under {section}")
        merged = network.with_rows(**{section: rows})
        _require_consistent(merged)
        _write(actor, merged)


def declare_outage(actor: User, resource: str, start: datetime, end: datetime, reason: str) -> OutageRow:
    """Say when a machine or line cannot work. Plans made from now on keep clear of it.

    :param start: without an offset: in the network's zone; so is ``end``.
    :raises ConflictError: it has an outage from the same moment already.
    """
    with transaction.atomic():
        item = _resource(actor, resource)
        row = _outage(start, end, reason)
        rows = item.definition.get("outages", [])
        key: str = _store_outages(item, [*rows, row], row)
    return _shown(actor, resource, key)


def edit_outage(
    actor: User,
    resource: str,
    key: str,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    reason: str | None = None,
) -> OutageRow:
    """Change an outage. ``key`` is that of ``selectors.outages``."""
    with transaction.atomic():
        item = _resource(actor, resource)
        rows = item.definition.get("outages", [])
        index = _find(resource, rows, key)
        old = dict(rows[index])
        if reason and reason != old["reason"]:
            old.pop("reason_zh", None)  # it says the old reason
        row = {**old, **_outage(start or old["start"], end or old["end"], reason or old["reason"])}
        rows[index] = row
        changed = _store_outages(item, rows, row)
    return _shown(actor, resource, changed)


def withdraw_outage(actor: User, resource: str, key: str) -> None:
    """Take an outage back: the machine works after all."""
    with transaction.atomic():
        item = _resource(actor, resource)
        rows = item.definition.get("outages", [])
        del rows[_find(resource, rows, key)]
        _store_outages(item, rows)


# --- within ---------------------------------------------------------------------------------------


def _require_coordinator(actor: User) -> None:
    policy.require(actor, "network.edit")
    if not policy.coordinates(actor):
        raise PermissionDeniedError(
            f"{actor.username} may not change the network as a whole; only the operator's people may"
        )


def _lock(actor: User) -> NetworkMeta:
    selectors.require_meta(actor)
    return NetworkMeta.objects.select_for_update().get(pk=1)


def _bump() -> None:
    NetworkMeta.objects.filter(pk=1).update(revision=F("revision") + 1, changed_at=clock.now())


def _merge(old: Network, new: Network) -> Network:
    """``new`` over ``old``: rows of the same id are replaced where they stand, others are appended."""
    update: dict[str, Any] = {name: getattr(new, name) for name in selectors.HEAD}
    for section in SECTIONS:
        fresh = {row.id: row for row in getattr(new, section)}
        rows = [fresh.pop(row.id, row) for row in getattr(old, section)]
        update[section] = [*rows, *fresh.values()]
    return old.model_copy(update=update)


def _require_consistent(network: Network) -> None:
    """Refuse a network whose parts do not fit each other.

    ``network`` may be a copy whose look-ups belong to the original, so it is built anew.
    """
    whole = Network.model_construct(**{name: getattr(network, name) for name in Network.model_fields})
    flaws = inconsistencies(Survey.of(whole))
    repeated = [
        Problem("network", None, section, f"'{code}' is defined twice in {section}", "keep one of them")
        for section in SECTIONS
        for code in _twice([row.id for row in getattr(network, section)])
    ]
    problems = [
        Problem(
            "network",
            None,
            f"{flaw.path[0]}: {getattr(network, str(flaw.path[0]))[int(flaw.path[1])].id}",
            flaw.message,
            flaw.remedy,
        )
        for flaw in flaws
    ]
    if repeated or problems:
        raise ProblemsError([*repeated, *problems])


def _twice(codes: Sequence[str]) -> list[str]:
    seen: set[str] = set()
    return [code for code in codes if code in seen or seen.add(code)]  # type: ignore[func-returns-value]


def _write(actor: User, network: Network) -> NetworkImport:
    """Make head, rows, sites and organisations those of ``network``."""
    NetworkMeta.objects.update_or_create(
        pk=1, defaults={name: getattr(network, name) for name in selectors.HEAD}
    )
    result = NetworkImport()
    for section in SUPPLY:
        _write_section(section, getattr(network, section), result)
    _write_sites(actor, network.sites, result)
    _bump()
    return result


def _write_section(section: str, rows: Sequence[Item], result: NetworkImport) -> None:
    known = {item.code: item for item in NetworkItem.objects.filter(section=section)}
    new, changed, moved = [], [], []
    for position, row in enumerate(rows):
        definition = define(row)
        item = known.pop(row.id, None)
        if item is None:
            new.append(
                NetworkItem(
                    section=section,
                    code=row.id,
                    site_code=_stands_at(section, row),
                    definition=definition,
                    position=position,
                )
            )
            continue
        is_changed = item.definition != definition
        if is_changed or item.position != position:
            (changed if is_changed else moved).append(item)
            item.definition, item.position = definition, position
            item.site_code = _stands_at(section, row)
    NetworkItem.objects.filter(pk__in=[item.pk for item in known.values()]).delete()
    NetworkItem.objects.bulk_create(new)
    NetworkItem.objects.bulk_update(
        [*changed, *moved], ["definition", "position", "site_code"], batch_size=200
    )
    for counts, number in (
        (result.added, len(new)),
        (result.changed, len(changed)),
        (result.removed, len(known)),
    ):
        if number:
            counts[section] = number


def _stands_at(section: str, row: Item) -> str:
    return row.id if section == Section.SITES else getattr(row, "site", "")


def _write_sites(actor: User, rows: Sequence[ChainSite], result: NetworkImport) -> None:
    Site.objects.exclude(code__in=[row.id for row in rows]).delete()
    known = {site.code: site for site in Site.objects.all()}
    holders = _Holders(actor, result)
    for position, row in enumerate(rows):
        site = known.get(row.id) or Site(code=row.id)
        site.name, site.name_zh, site.kind = row.name, row.name_zh, row.kind
        site.lat, site.lon, site.timezone = row.lat, row.lon, row.timezone
        site.province, site.city = row.province or "", row.city or ""
        site.position = position
        site.organisation = holders.of(row)
        site.save()


class _Holders:
    """Organisations of sites: found by code or name, else created."""

    def __init__(self, actor: User, result: NetworkImport) -> None:
        self.actor = actor
        self.result = result
        self.by_name: dict[str, Organisation] = {}
        self.codes: set[str] = set()
        found = list(accounts.directory(actor))
        for names in (lambda row: (row.name, row.name_zh), lambda row: (row.code,)):
            for row in found:
                self.by_name.update({name.casefold(): row for name in names(row) if name})
        self.codes = {row.code.casefold() for row in found}

    def of(self, site: ChainSite) -> Organisation | None:
        """Who holds the site; nobody for an airport or station that names no organisation."""
        if site.organisation is None and site.kind in TRANSIT_KINDS:
            return None
        name = (site.organisation or site.name).strip()[:200]
        is_own = site.organisation is None or name.casefold() == site.name.strip().casefold()
        names_zh = site.name_zh.strip()[:200] if is_own else ""
        own = [name, names_zh, site.id] if is_own else [name]
        for text in own:
            found = self.by_name.get(text.casefold())
            if found is not None:
                return self._complete(found, site)
        code = self._free(site.id)
        made = people.create_organisation(
            self.actor,
            code=code,
            name=name,
            name_zh=names_zh or (name if not name.isascii() else ""),
            kind=_KIND_OF[site.kind],
            province=(site.province or "")[:80],
        )
        self.codes.add(code.casefold())
        self.by_name |= {text.casefold(): made for text in own if text}
        self.result.organisations.append(code)
        return made

    def _complete(self, found: Organisation, site: ChainSite) -> Organisation:
        if not found.province and site.province and policy.is_operator(self.actor):
            people.edit_organisation(self.actor, found, province=site.province[:80])
        return found

    def _free(self, site: str) -> str:
        base = re.sub(r"[^A-Za-z0-9._-]", "-", site)[:34]
        code, number = base, 2
        while code.casefold() in self.codes:
            code, number = f"{base}-{number}", number + 1
        return code


def _resource(actor: User, code: str) -> NetworkItem:
    """The resource, locked, if the actor may say when it works."""
    policy.require(actor, "network.edit")
    _lock(actor)
    item = NetworkItem.objects.filter(section=Section.RESOURCES, code=code).first()
    if item is None:
        raise InputError(f"There is no resource '{code}' in the network")
    holder = selectors.site(actor, item.site_code).organisation
    if holder is None:
        _require_coordinator(actor)
    else:
        policy.require(actor, "network.edit", organisation=holder, site=item.site_code)
    return item


def _outage(start: datetime | str, end: datetime | str, reason: str) -> dict[str, Any]:
    return {
        "start": start.isoformat() if isinstance(start, datetime) else start,
        "end": end.isoformat() if isinstance(end, datetime) else end,
        "reason": reason.strip(),
    }


def _store_outages(
    item: NetworkItem, rows: Sequence[dict[str, Any]], own: dict[str, Any] | None = None
) -> str:
    """Write the outages of a resource, if they are well formed; the key of ``own`` as it is written."""
    data = {**item.definition, "outages": list(rows)}
    checked, problems = _read_resource(data)
    if checked is None:
        raise ProblemsError(problems)
    item.definition = define(checked)
    for start in _twice([row["start"] for row in item.definition.get("outages", [])]):
        raise ConflictError(f"'{item.code}' has an outage from {start} already; change that one")
    item.save(update_fields=["definition"])
    _bump()
    written = item.definition.get("outages", [])
    return written[list(rows).index(own)]["start"] if own is not None else ""


def _read_resource(data: dict[str, Any]) -> tuple[Any, list[Problem]]:
    """One resource alone, with its site made up: its outages are what is looked at."""
    site = {"id": data["site"], "name": "-", "name_zh": "-", "kind": "reactor", "lat": 0, "lon": 0}
    source = Source(
        "outage",
        {"name": "-", "sites": [site], "resources": [data]},
        lambda path: Place(None, str(path[-1]) if path else None),
    )
    network, problems = validate(source)
    return (network.resources[0] if network else None), problems


def _find(resource: str, rows: Sequence[dict[str, Any]], key: str) -> int:
    for index, row in enumerate(rows):
        if row["start"] == key:
            return index
    raise InputError(f"'{resource}' has no outage from {key}")


def _shown(viewer: User, resource: str, key: str) -> OutageRow:
    return next(row for row in selectors.outages(viewer) if row.resource == resource and row.key == key)
