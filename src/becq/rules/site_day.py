"""A site's day and a hand-over as documents, set against the licences and approvals of a network."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import polars as pl
from pydantic import Field

from becq.chain.fields import ActivityBq, Day, Flag, NuclideName, Slug
from becq.chain.item import Row
from becq.chain.network import Network
from becq.chain.site import Site
from becq.chain.suggestion import where_defined
from becq.errors import InputError
from becq.rules.consignment import Content
from becq.rules.holding import holding, is_judged, operations, table, workplaces
from becq.rules.transfer import find_approval, transfer


class SiteDayDocument(Row):
    """What a site held and handled on a day."""

    site: Slug = Field(description="Site, as the network names it")
    day: Day = Field(description="The day")
    held: list[Content] = Field(default_factory=list, description="Highest activity of each nuclide")
    handled: list[Content] = Field(default_factory=list, description="Activity handled of each nuclide")
    handled_this_year: list[Content] = Field(
        default_factory=list, description="The same since 1 January, the day included"
    )

    def facts(self, network: Network) -> dict[str, pl.DataFrame]:
        """Facts of the subjects holding, operation and workplace."""
        site = _holding_site(network, self.site)
        handled = _sum(self.handled)
        year = _sum(self.handled_this_year) if self.handled_this_year else None
        for name, amount in (year or {}).items():
            if amount < handled.get(name, 0.0):
                raise InputError(
                    f"handled_this_year of {name} is less than what was handled on {self.day} alone; "
                    "it counts from 1 January with the day included"
                )
        held = [holding(site, name, self.day, amount) for name, amount in _sum(self.held).items()]
        return {
            "holding": table("holding", held),
            "operation": table("operation", operations(site, self.day, handled, year)),
            "workplace": table("workplace", workplaces(site, self.day, handled)),
        }


class PostingDocument(Row):
    """A posting before it is made: activity that passes from one site to another."""

    origin: Slug = Field(description="Site that hands over")
    destination: Slug = Field(description="Site that receives")
    nuclide: NuclideName = Field(description="Nuclide")
    activity: ActivityBq = Field(ge=0, description="Activity on the day")
    day: Day = Field(description="Day on which the transfer is completed")
    trade: Literal["domestic", "import", "export", "return"] | None = Field(
        default=None, description="return: back to the maker or exporter; default: as the approval says"
    )
    radiopharmaceutical: Flag = Field(default=True, description="A radiopharmaceutical or its raw material")
    held: ActivityBq = Field(default=0.0, ge=0, description="What the receiver holds of it already")
    transferred: ActivityBq = Field(default=0.0, ge=0, description="What has gone under the approval before")

    def facts(self, network: Network) -> dict[str, pl.DataFrame]:
        """Facts of the subjects transfer and holding (of the receiver)."""
        sender, receiver = (_holding_site(network, code) for code in (self.origin, self.destination))
        approval = find_approval(network.approvals, sender.id, receiver.id, self.nuclide, self.day)
        row = transfer(
            sender,
            receiver,
            self.nuclide,
            self.day,
            self.activity,
            approval=approval,
            approvals_known=bool(network.approvals),
            transferred_bq=self.transferred + self.activity,
            radiopharmaceutical=self.radiopharmaceutical,
            trade=self.trade,
        )
        held = holding(receiver, self.nuclide, self.day, self.held + self.activity)
        return {"transfer": table("transfer", [row]), "holding": table("holding", [held])}


def find_site(network: Network, code: str) -> Site:
    """A site of a network. Raises InputError for an unknown one."""
    try:
        return network.site[code]
    except KeyError:
        remedy = where_defined(code, "sites", network.site)
        raise InputError(f"There is no site '{code}' in the network; {remedy}") from None


def _holding_site(network: Network, code: str) -> Site:
    """A site at which somebody takes possession. Raises InputError for one that goods only pass through."""
    site = find_site(network, code)
    if not is_judged(site):
        raise InputError(f"Nobody takes possession at '{code}' ({site.kind}): goods only pass through it")
    return site


def _sum(contents: Iterable[Content]) -> dict[str, float]:
    found: dict[str, float] = {}
    for row in contents:
        found[row.nuclide] = found.get(row.nuclide, 0.0) + row.activity
    return found
