"""The people of the demo: the operator's, the regulator's, and those of every organisation as needed."""

from __future__ import annotations

from dataclasses import dataclass, field

from becq.platform.accounts import services as accounts
from becq.platform.accounts.models import NATIONWIDE, Organisation, Role, User

PASSWORD = "isotope-chain-demo"  # noqa: S105 - printed by the demo, which listens on this machine only
"""For demos only; the same for everybody who is printed."""

OFFICE, REGULATOR = "becq-office", "regulator"


@dataclass
class People:
    """Who acts in the demo. Only those asked for by ``with_login`` can log in."""

    admin: User
    planner: User
    known: dict[tuple[str, str], User] = field(default_factory=dict)
    logins: list[tuple[str, str, str]] = field(default_factory=list)

    @classmethod
    def open(cls) -> People:
        """The first people of an installation: its operator and regulator."""
        admin = accounts.create_operator(username="admin", password=PASSWORD)
        office = accounts.create_organisation(
            admin, code=OFFICE, name="Isotope Supply Office", name_zh="同位素供应办公室", kind="operator"
        )
        regulator = accounts.create_organisation(
            admin,
            code=REGULATOR,
            name="Radiation Safety Regulator",
            name_zh="辐射安全监管机构",
            kind="regulator",
            province=NATIONWIDE,
        )
        planner = accounts.create_user(
            admin, username="planner", password=PASSWORD, role=Role.PLANNER, organisation=office
        )
        accounts.create_user(
            admin, username="regulator", password=PASSWORD, role=Role.REGULATOR, organisation=regulator
        )
        people = cls(admin, planner)
        people.logins = [
            ("admin", "administrator", "this installation"),
            ("planner", "planner", office.name),
            ("regulator", "regulator", regulator.name),
        ]
        return people

    def who(self, role: str, holder: Organisation) -> User:
        """The person of a role in an organisation; hired when first needed."""
        key = (role, holder.code)
        if key not in self.known:
            self.known[key] = accounts.create_user(
                self.admin,
                username=f"{holder.code}.{role}",
                password=None,
                role=role,
                organisation=holder,
            )
        return self.known[key]

    def with_login(self, role: str, holder: Organisation) -> User:
        """The same, with a password."""
        user = self.who(role, holder)
        accounts.set_password(self.admin, user, PASSWORD)
        self.logins.append((user.username, role, holder.name))
        return user
