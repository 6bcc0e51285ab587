"""Who may do what: one table from role to actions, and the two questions asked of it.

Writing is bound to the person's own organisation (and site, for a person bound to one). Reading is
decided by ``scope``: one's own organisation; for a regulator its province; for the operator everything.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from becq.errors import PermissionDeniedError
from becq.platform.accounts.models import NATIONWIDE, Organisation, OrganisationKind, Role, User

READING = frozenset({"ledger.read", "ledger.read_all", "ledger.verify", "plan.read", "network.read"})
"""Actions that change nothing."""

_EVERYTHING = ~Q(pk__in=[])  # not Q(): an empty Q vanishes when combined with another by |
_EVERYBODY = frozenset({"ledger.read", "network.read"})
_KEEPER = _EVERYBODY | {"ledger.move"}

ACTIONS: Mapping[str, frozenset[str]] = {
    Role.PLANNER: _KEEPER
    | {
        "plan.read",
        "plan.run",
        "plan.commit",
        "network.edit",
        "order.place",
        "order.import",
        "order.confirm",
        "production.assay",
        "production.process",
        "production.elute",
        "production.release",
    },
    Role.DISPATCHER: _KEEPER
    | {
        "plan.read",
        "order.place",
        "order.import",
        "order.confirm",
        "production.process",
        "production.elute",
        "dispatch.dispatch",
        "dispatch.receive",
        "clinic.dispense",
        "waste.record",
    },
    Role.HOSPITAL: _KEEPER
    | {
        "plan.read",
        "order.place",
        "order.import",
        "dispatch.receive",
        "production.elute",
        "clinic.dispense",
        "clinic.administer",
        "waste.record",
    },
    Role.RSO: _KEEPER
    | {
        "plan.read",
        "production.release",
        "dispatch.receive",
        "waste.record",
        "waste.clear",
        "ledger.correct",
        "ledger.verify",
        "rules.override",
        "rules.write",
        "filing.record",
    },
    Role.REGULATOR: _EVERYBODY | {"plan.read", "ledger.read_all", "ledger.verify"},
    Role.ADMINISTRATOR: _EVERYBODY
    | {"plan.read", "network.edit", "ledger.correct", "ledger.verify", "accounts.manage", "rules.write"},
}

ALL_ACTIONS = frozenset().union(*ACTIONS.values())

COORDINATED = frozenset({"network.edit", "order.place", "order.import", "order.confirm"}) | {
    action for action in ALL_ACTIONS if action.startswith("plan.")
}
"""What the people of an operator do, within their role, for every organisation of the network."""

Person = User | AnonymousUser


def is_operator(person: Person) -> bool:
    """True for the people who run this installation: superusers, administrators of an operator."""
    return bool(
        person.is_active
        and (
            person.is_superuser
            or (
                isinstance(person, User)
                and person.role == Role.ADMINISTRATOR
                and person.organisation is not None
                and person.organisation.kind == OrganisationKind.OPERATOR
            )
        )
    )


def coordinates(person: Person) -> bool:
    """True for the people of an operator, whatever their role: they see orders, network and plans whole."""
    return is_operator(person) or bool(
        person.is_active
        and isinstance(person, User)
        and person.organisation is not None
        and person.organisation.kind == OrganisationKind.OPERATOR
    )


def require(
    actor: Person, action: str, *, organisation: Organisation | None = None, site: str | None = None
) -> None:
    """Refuse unless ``actor`` may do ``action`` for ``organisation`` (at ``site``).

    :param organisation: whose data are touched; None where the action concerns nobody in particular.
    :param site: site code where it happens; None where it concerns no site.
    :raises PermissionDeniedError: with a sentence that says what is missing.
    """
    if action not in ALL_ACTIONS:
        raise ValueError(f"unknown action {action!r}")  # a slip of the programmer, not of the user
    refusal = _refusal(actor, action, organisation, site)
    if refusal:
        raise PermissionDeniedError(refusal)


def may(
    actor: Person, action: str, *, organisation: Organisation | None = None, site: str | None = None
) -> bool:
    """The same question with a yes or no for an answer (for menus and buttons)."""
    if action not in ALL_ACTIONS:
        raise ValueError(f"unknown action {action!r}")
    return _refusal(actor, action, organisation, site) is None


def scope(viewer: Person, prefix: str = "") -> Q:
    """A filter for the organisations whose data ``viewer`` may read.

    :param prefix: path from the filtered model to Organisation, e.g. ``"holder"``; "" for itself.
    """
    path = f"{prefix}__" if prefix else ""
    if is_operator(viewer):
        return _EVERYTHING
    if not viewer.is_active or not isinstance(viewer, User) or viewer.organisation is None:
        return Q(pk__in=[])
    own = Q(**{f"{path}pk": viewer.organisation_id})
    if "ledger.read_all" in ACTIONS.get(viewer.role, ()):
        if viewer.organisation.province == NATIONWIDE:
            return _EVERYTHING
        if viewer.organisation.province:
            return own | Q(**{f"{path}province": viewer.organisation.province})
    return own


def network_scope(viewer: Person, prefix: str = "") -> Q:
    """``scope`` for orders, network and plans, which the people of an operator see whole (not the books)."""
    return _EVERYTHING if coordinates(viewer) else scope(viewer, prefix)


def may_read(viewer: Person, organisation: Organisation) -> bool:
    """True if ``viewer`` may read the data of ``organisation`` (the rule of ``scope``)."""
    return Organisation.objects.filter(scope(viewer), pk=organisation.pk).exists()


def _refusal(actor: Person, action: str, organisation: Organisation | None, site: str | None) -> str | None:
    if not isinstance(actor, User) or not actor.is_active:
        return f"You must log in to do this ({action})"
    if is_operator(actor) and (actor.is_superuser or action in ACTIONS[Role.ADMINISTRATOR]):
        return None
    if action not in ACTIONS.get(actor.role, ()):
        role = Role(actor.role).label if actor.role else "nobody in particular"
        return f"{actor.username} is {role} and may not do this ({action})"
    foreign = organisation is not None and actor.organisation_id != organisation.pk
    if organisation is not None and foreign and not (action in COORDINATED and coordinates(actor)):
        own = actor.organisation.code if actor.organisation else "no organisation"
        if not (action in READING and may_read(actor, organisation)):
            return f"{actor.username} belongs to {own} and may not do this for {organisation.code} ({action})"
    if site and actor.site_code and action not in READING and site != actor.site_code:
        return f"{actor.username} is bound to site {actor.site_code} and may not do this at {site} ({action})"
    return None
