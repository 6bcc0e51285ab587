"""What a person may know of organisations and people."""

from __future__ import annotations

from django.db.models import QuerySet

from becq.errors import InputError
from becq.platform.accounts import policy
from becq.platform.accounts.models import Organisation, User


def organisations(viewer: User) -> QuerySet[Organisation]:
    """The organisations whose data the viewer may read."""
    return Organisation.objects.filter(policy.scope(viewer))


def directory(viewer: User) -> QuerySet[Organisation]:
    """Every organisation by name: whom one may trade with is no secret. Empty for a stranger."""
    return (
        Organisation.objects.all()
        if viewer.is_authenticated and viewer.is_active
        else Organisation.objects.none()
    )


def organisation(viewer: User, code: str) -> Organisation:
    """One organisation of the directory by code.

    :raises InputError: if there is none.
    """
    found = directory(viewer).filter(code=code).first()
    if found is None:
        raise InputError(f'There is no organisation "{code}"')
    return found


def people(viewer: User) -> QuerySet[User]:
    """Those one may manage: the own organisation's people, for an operator everybody; else oneself."""
    if policy.is_operator(viewer):
        return User.objects.select_related("organisation")
    if policy.may(viewer, "accounts.manage"):
        return User.objects.filter(
            organisation=viewer.organisation_id, organisation__isnull=False
        ).select_related("organisation")
    return User.objects.filter(pk=viewer.pk).select_related("organisation")
