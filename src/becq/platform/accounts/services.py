"""What is done to organisations and people."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from becq.errors import ConflictError, InputError, PermissionDeniedError
from becq.platform.accounts import policy
from becq.platform.accounts.models import Organisation, OrganisationKind, Role, User


def create_organisation(
    actor: User, *, code: str, name: str, kind: str, name_zh: str = "", province: str = ""
) -> Organisation:
    """A new organisation. Its code can never change, because the books name it. Operators only."""
    _require_operator(actor, "create an organisation")
    organisation = Organisation(code=code, name=name, name_zh=name_zh, kind=kind, province=province)
    _clean(organisation)
    _insert(organisation)
    return organisation


def edit_organisation(
    actor: User,
    organisation: Organisation,
    *,
    name: str | None = None,
    name_zh: str | None = None,
    province: str | None = None,
) -> Organisation:
    """Change names or province; code and kind are for ever. Operators only."""
    _require_operator(actor, "edit an organisation")
    organisation.name = organisation.name if name is None else name
    organisation.name_zh = organisation.name_zh if name_zh is None else name_zh
    organisation.province = organisation.province if province is None else province
    _clean(organisation)
    organisation.save(update_fields=["name", "name_zh", "province"])
    return organisation


def create_user(
    actor: User,
    *,
    username: str,
    password: str | None,
    role: str,
    organisation: Organisation | None,
    site_code: str = "",
    language: str = "zh-hans",
    first_name: str = "",
    email: str = "",
) -> User:
    """A new person. An administrator creates people of the own organisation, an operator anybody's.

    :param password: None for a person who cannot log in yet.
    :raises InputError: unknown role, weak password, name taken, or a role the organisation cannot have.
    """
    _require_manager(actor, organisation)
    _check_role(role, organisation)
    user = User(
        username=username,
        role=role,
        organisation=organisation,
        site_code=site_code,
        language=language,
        first_name=first_name,
        email=email,
    )
    if password is None:
        user.set_unusable_password()
    else:
        _check_password(password, user)
        user.set_password(password)
    _clean(user)
    _insert(user)
    return user


def create_operator(*, username: str, password: str | None, organisation: Organisation | None = None) -> User:
    """The first person of an installation, a superuser. For the command line: nobody is there to ask yet."""
    user = User(
        username=username,
        role=Role.ADMINISTRATOR,
        organisation=organisation,
        is_superuser=True,
        is_staff=True,
    )
    if password is None:
        user.set_unusable_password()
    else:
        _check_password(password, user)
        user.set_password(password)
    _clean(user)
    _insert(user)
    return user


def set_password(actor: User, user: User, password: str) -> None:
    """A new password, one's own or (for a manager) somebody's of the organisation."""
    if actor.pk != user.pk:
        _require_manager(actor, user.organisation, user)
    _check_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])


def change_role(actor: User, user: User, *, role: str, site_code: str | None = None) -> User:
    """Another role, and perhaps another site to be bound to ("" for none). Nobody changes their own."""
    if actor.pk == user.pk:
        raise PermissionDeniedError("Nobody may change their own role; ask another administrator")
    _require_manager(actor, user.organisation, user)
    _check_role(role, user.organisation)
    user.role = role
    user.site_code = user.site_code if site_code is None else site_code
    user.save(update_fields=["role", "site_code"])
    return user


def set_active(actor: User, user: User, active: bool) -> User:
    """Let a person in or shut them out. Nobody is ever deleted: the books name them."""
    if actor.pk == user.pk:
        raise PermissionDeniedError("Nobody may shut themselves out; ask another administrator")
    _require_manager(actor, user.organisation, user)
    user.is_active = active
    user.save(update_fields=["is_active"])
    return user


def set_language(actor: User, language: str) -> User:
    """One's own language of the pages: zh-hans or en."""
    if language not in {"zh-hans", "en"}:
        raise InputError(f"Unknown language {language!r}; choose zh-hans or en")
    actor.language = language
    actor.save(update_fields=["language"])
    return actor


def _require_operator(actor: User, what: str) -> None:
    if not policy.is_operator(actor):
        raise PermissionDeniedError(f"Only the operator of this installation may {what}")


def _require_manager(actor: User, organisation: Organisation | None, user: User | None = None) -> None:
    if organisation is None or (user is not None and user.is_superuser):
        _require_operator(actor, "manage this person")
    if user is not None and user.is_superuser and not actor.is_superuser:
        raise PermissionDeniedError("Only a superuser may manage a superuser")
    policy.require(actor, "accounts.manage", organisation=organisation)


def _check_role(role: str, organisation: Organisation | None) -> None:
    if role not in Role.values:
        raise InputError(f"Unknown role {role!r}; choose one of {', '.join(Role.values)}")
    regulator = organisation is not None and organisation.kind == OrganisationKind.REGULATOR
    if role == Role.REGULATOR and not regulator:
        raise InputError("Only people of a regulating organisation can have the role regulator")
    if regulator and role not in {Role.REGULATOR, Role.ADMINISTRATOR}:
        raise InputError(f"A regulating organisation cannot have the role {role}; it writes nothing")


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise InputError("Weak password: " + " ".join(error.messages)) from error


def _clean(row: User | Organisation) -> None:
    try:
        row.full_clean(exclude=["password"], validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        problems = "; ".join(f"{field}: {' '.join(texts)}" for field, texts in error.message_dict.items())
        raise InputError(problems) from error


def _insert(row: User | Organisation) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        name = row.username if isinstance(row, User) else row.code
        raise ConflictError(f"{name} exists already; choose another name") from error
