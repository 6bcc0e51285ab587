"""The chart of accounts: how places and nominal accounts are named.

A place is a site code, perhaps with a part of the site after a slash (``WCH/waste``). What is on the way
is held by the consignor in a place of its own per consignee (``transit/WCH``), from which that consignee
alone may receive.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from becq.errors import InputError
from becq.platform.accounts.models import Organisation
from becq.platform.ledger.models import AccountKind, Nominal

WASTE = "waste"
TRANSIT = "transit"

_PLACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,79}(/[A-Za-z0-9._+-]{1,39})?")


@dataclass(frozen=True, slots=True)
class AccountRef:
    """An account by what it is, whether or not it has been opened yet."""

    kind: AccountKind
    holder: Organisation
    place: str

    @property
    def name(self) -> str:
        """The name under which it is sealed into postings."""
        return account_name(self.kind, self.holder.code, self.place)

    @property
    def site(self) -> str | None:
        """The site code of a place; None on the way and for nominal accounts."""
        return site_of(self.kind, self.place)


def account_name(kind: str, holder_code: str, place: str) -> str:
    """``HOLDER:place`` or ``HOLDER#nominal``."""
    return f"{holder_code}{'#' if kind == AccountKind.NOMINAL else ':'}{place}"


def site_of(kind: str, place: str) -> str | None:
    """The site code of a place; None on the way and for nominal accounts."""
    site = place.partition("/")[0]
    return None if kind == AccountKind.NOMINAL or site == TRANSIT else site


def place(holder: Organisation, site: str, part: str = "") -> AccountRef:
    """The account of a holder's site, or of a part of it (e.g. ``waste``).

    :raises InputError: for a malformed site code.
    """
    name = f"{site}/{part}" if part else site
    if not _PLACE.fullmatch(name):
        raise InputError(
            f"{name!r} is not a place; write a site code, perhaps with a part: SITE or SITE/part"
        )
    return AccountRef(AccountKind.PLACE, holder, name)


def waste_store(holder: Organisation, site: str) -> AccountRef:
    """The waste store of a holder's site."""
    return place(holder, site, WASTE)


def transit(consignor: Organisation, consignee: Organisation) -> AccountRef:
    """What a consignor has under way to a consignee."""
    return AccountRef(AccountKind.PLACE, consignor, f"{TRANSIT}/{consignee.code}")


def nominal(holder: Organisation, which: Nominal) -> AccountRef:
    """A nominal account of a holder."""
    return AccountRef(AccountKind.NOMINAL, holder, Nominal(which).value)
