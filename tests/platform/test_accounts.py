"""People, organisations, what each role may do, and logging in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from becq.errors import ConflictError, InputError, PermissionDeniedError
from becq.platform import clock
from becq.platform.accounts import login, policy, selectors, services
from becq.platform.accounts.models import LoginFailure, Organisation, Role, User

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"

# The matrix, written down a second time: who may do what for the own organisation.
MATRIX = {
    "planner": "ledger.read ledger.move network.read plan.read plan.run plan.commit network.edit order.place order.import "
    "order.confirm production.assay production.process production.elute production.release",
    "dispatcher": "ledger.read ledger.move network.read plan.read order.place order.import order.confirm "
    "production.process production.elute dispatch.dispatch dispatch.receive clinic.dispense waste.record",
    "hospital": "ledger.read ledger.move network.read plan.read order.place order.import dispatch.receive "
    "production.elute clinic.dispense clinic.administer waste.record",
    "rso": "ledger.read ledger.move network.read plan.read production.release dispatch.receive waste.record "
    "waste.clear ledger.correct ledger.verify rules.override rules.write filing.record",
    "regulator": "ledger.read network.read plan.read ledger.read_all ledger.verify",
    "administrator": "ledger.read network.read plan.read network.edit ledger.correct ledger.verify "
    "accounts.manage rules.write",
}


class TestPolicy:
    @pytest.mark.parametrize("role", Role.values)
    @pytest.mark.parametrize("action", sorted(policy.ALL_ACTIONS))
    def test_the_matrix(self, person, organisation, role, action):
        kind = "regulator" if role == "regulator" else "hospital"
        user = person(role, organisation("ORG", kind=kind))
        allowed = action in MATRIX[role].split()
        assert policy.may(user, action, organisation=user.organisation) is allowed
        if allowed:
            policy.require(user, action, organisation=user.organisation)
        else:
            with pytest.raises(
                PermissionDeniedError, match=r"may not do this \(" + action.replace(".", r"\.")
            ):
                policy.require(user, action, organisation=user.organisation)

    def test_every_action_is_somebodys(self):
        assert set(" ".join(MATRIX.values()).split()) == policy.ALL_ACTIONS

    @pytest.mark.parametrize("role", [r for r in Role.values if r != "regulator"])
    def test_not_for_others(self, person, organisation, role):
        user, other = (
            person(role, organisation("MINE", kind="hospital")),
            organisation("OTHER", kind="hospital"),
        )
        for action in policy.ALL_ACTIONS:
            assert not policy.may(user, action, organisation=other), action
        assert policy.may(user, "ledger.read", organisation=user.organisation)

    @pytest.mark.parametrize(
        ("province", "reads"),
        [("四川", {"A", "SC"}), ("山东", {"B", "SC"}), ("*", {"A", "B", "C", "SC"}), ("", {"SC"})],
    )
    def test_a_regulator_reads_its_province_and_writes_nothing(self, person, organisation, province, reads):
        for code, where in (("A", "四川"), ("B", "山东"), ("C", "")):
            organisation(code, province=where)
        user = person("regulator", organisation("SC", kind="regulator", province=province))
        assert {o.code for o in selectors.organisations(user)} == reads
        for row in Organisation.objects.all():
            assert policy.may(user, "ledger.read_all", organisation=row) is (row.code in reads)
            for action in policy.ALL_ACTIONS - policy.READING:
                assert not policy.may(user, action, organisation=row)

    def test_operators(self, person, organisation):
        mine = person("administrator", organisation("OPS", kind="operator", province=""))
        other = organisation("OTHER")
        assert policy.is_operator(mine)
        assert policy.may(mine, "accounts.manage", organisation=other)
        assert not policy.may(mine, "production.assay", organisation=other)
        assert {o.code for o in selectors.organisations(mine)} == {"OPS", "OTHER"}
        assert policy.may(person("administrator", superuser=True), "production.assay", organisation=other)
        assert not policy.is_operator(person("planner", organisation("OPS", kind="operator")))
        assert not policy.is_operator(person("administrator", other))

    def test_people_of_an_operator_plan_for_all_and_keep_nobodys_books(self, person, organisation):
        planner = person("planner", organisation("OPS", kind="operator"))
        other = organisation("OTHER")
        assert policy.may(planner, "plan.run", organisation=other)
        assert policy.may(planner, "order.import", organisation=other)
        assert not policy.may(planner, "production.assay", organisation=other)
        assert not policy.may(planner, "ledger.read", organisation=other)
        assert {o.code for o in selectors.organisations(planner)} == {"OPS"}

    def test_strangers(self, person, organisation):
        gone = person("administrator", organisation("ORG"), superuser=True)
        gone.is_active = False
        for nobody in (AnonymousUser(), gone, person("", organisation("ORG")), person("planner")):
            assert not policy.may(nobody, "plan.run", organisation=organisation("ORG"))
            assert not policy.is_operator(nobody)
        for nobody in (AnonymousUser(), gone, person("planner")):
            assert not selectors.organisations(nobody).exists()
        with pytest.raises(PermissionDeniedError, match="log in"):
            policy.require(AnonymousUser(), "plan.run")

    def test_a_person_bound_to_a_site(self, person, organisation):
        user = person("hospital", organisation("ORG"), site_code="W1")
        assert policy.may(user, "order.place", organisation=user.organisation, site="W1")
        assert policy.may(user, "order.place", organisation=user.organisation)
        assert not policy.may(user, "order.place", organisation=user.organisation, site="W2")
        assert policy.may(user, "ledger.read", organisation=user.organisation, site="W2")

    def test_a_slip_of_the_programmer(self, operator):
        with pytest.raises(ValueError, match="unknown action"):
            policy.may(operator, "plan.rum")
        with pytest.raises(ValueError, match="unknown action"):
            policy.require(operator, "plan.rum")


class TestServices:
    def test_create_user(self, person, organisation):
        chief = person("administrator", organisation("ORG"))
        user = services.create_user(
            chief,
            username="li",
            password=PASSWORD,
            role="planner",
            organisation=chief.organisation,
            site_code="S",
        )
        found = User.objects.get(username="li")
        assert (found.role, found.site_code, found.organisation.code) == ("planner", "S", "ORG")
        assert found.check_password(PASSWORD)
        with pytest.raises(ConflictError, match="exists already"):
            services.create_user(
                chief, username="li", password=PASSWORD, role="planner", organisation=chief.organisation
            )
        assert set(selectors.people(chief)) == {chief, user}
        assert set(selectors.people(user)) == {user}

    @pytest.mark.parametrize(
        ("fields", "says"),
        [
            ({"role": "king"}, "Unknown role"),
            ({"role": "regulator"}, "regulating organisation"),
            ({"password": "short"}, "Weak password"),
            ({"password": "1234567890123"}, "Weak password"),
            ({"username": ""}, "username"),
            ({"username": "a b"}, "username"),
            ({"username": "x" * 200}, "username"),
            ({"email": "nonsense"}, "email"),
        ],
    )
    def test_what_is_refused(self, operator, organisation, fields, says):
        good = {
            "username": "li",
            "password": PASSWORD,
            "role": "planner",
            "organisation": organisation("ORG"),
        }
        with pytest.raises(InputError, match=says):
            services.create_user(operator, **{**good, **fields})
        assert not User.objects.filter(role="planner").exists()

    def test_a_regulator_has_nobody_who_writes(self, operator, organisation):
        with pytest.raises(InputError, match="writes nothing"):
            services.create_user(
                operator,
                username="li",
                password=PASSWORD,
                role="planner",
                organisation=organisation("EPB", kind="regulator"),
            )

    def test_one_manages_the_own_people_only(self, person, organisation):
        chief, other = person("administrator", organisation("A")), person("planner", organisation("B"))
        top = person("administrator", organisation("A"), superuser=True)
        for user in (other, top):
            for refused in (
                lambda user=user: services.change_role(chief, user, role="rso"),
                lambda user=user: services.set_password(chief, user, PASSWORD),
                lambda user=user: services.set_active(chief, user, False),
            ):
                with pytest.raises(PermissionDeniedError):
                    refused()
        for organisation_ in (other.organisation, None):
            with pytest.raises(PermissionDeniedError):
                services.create_user(
                    chief, username="x", password=PASSWORD, role="planner", organisation=organisation_
                )
        with pytest.raises(PermissionDeniedError):
            services.create_user(
                other, username="x", password=PASSWORD, role="planner", organisation=other.organisation
            )

    def test_nobody_lifts_themselves(self, person, organisation):
        chief = person("administrator", organisation("A"))
        with pytest.raises(PermissionDeniedError, match="their own role"):
            services.change_role(chief, chief, role="planner")
        with pytest.raises(PermissionDeniedError, match="themselves"):
            services.set_active(chief, chief, False)

    def test_an_operators_administrator_does_not_manage_superusers(self, person, organisation):
        chief = person("administrator", organisation("OPS", kind="operator"))
        top = person("administrator", superuser=True)
        with pytest.raises(PermissionDeniedError, match="superuser"):
            services.set_password(chief, top, PASSWORD)

    def test_roles_passwords_languages(self, person, organisation):
        chief, user = person("administrator", organisation("A")), person("planner", organisation("A"))
        services.change_role(chief, user, role="rso", site_code="S")
        services.set_password(user, user, "another good horse")
        services.set_language(user, "en")
        services.set_active(chief, user, False)
        user = User.objects.get(pk=user.pk)
        assert (user.role, user.site_code, user.language, user.is_active) == ("rso", "S", "en", False)
        assert user.check_password("another good horse")
        with pytest.raises(InputError):
            services.set_language(user, "de")
        with pytest.raises(InputError, match="Weak"):
            services.set_password(user, user, "short")

    def test_organisations(self, operator, person, organisation):
        made = services.create_organisation(
            operator, code="WCH", name="West China", kind="hospital", province="四川"
        )
        services.edit_organisation(operator, made, name_zh="华西医院")
        assert Organisation.objects.get(code="WCH").name_zh == "华西医院"
        with pytest.raises(ConflictError, match="exists already"):
            services.create_organisation(operator, code="WCH", name="x", kind="hospital")
        for fields in ({"code": "a b"}, {"code": ""}, {"code": "a/b"}, {"kind": "circus"}, {"name": ""}):
            with pytest.raises(InputError):
                services.create_organisation(
                    operator, **{"code": "X", "name": "x", "kind": "hospital", **fields}
                )
        with pytest.raises(PermissionDeniedError):
            services.create_organisation(person("administrator", made), code="Y", name="y", kind="hospital")
        assert selectors.organisation(person("planner", made), "WCH") == made
        with pytest.raises(InputError, match="no organisation"):
            selectors.organisation(operator, "NONE")
        assert not selectors.directory(AnonymousUser()).exists()

    def test_the_first_person(self):
        user = services.create_operator(username="root", password=PASSWORD)
        assert policy.is_operator(User.objects.get(pk=user.pk))


class TestLogin:
    @pytest.fixture
    def attempt(self):
        def go(username, password, address="10.0.0.1"):
            return authenticate(
                RequestFactory().post("/login/", REMOTE_ADDR=address), username=username, password=password
            )

        return go

    def test_in_and_out(self, person, attempt):
        user = person("planner")
        assert attempt(user.username, PASSWORD) == user
        assert attempt(user.username, "wrong") is None
        user.is_active = False
        user.save()
        assert attempt(user.username, PASSWORD) is None

    def test_guessing_by_name_is_stopped(self, person, attempt, settings):
        user, other = person("planner"), person("planner")
        for i in range(settings.LOGIN_FAILURES_PER_NAME):
            assert attempt(user.username, "wrong", f"10.0.0.{i}") is None
        assert login.is_blocked(user.username, "")
        assert attempt(user.username, PASSWORD) is None
        assert attempt(other.username, PASSWORD) == other
        with clock.frozen(clock.now() + timedelta(seconds=settings.LOGIN_WINDOW_S + 1)):
            assert attempt(user.username, PASSWORD) == user
        assert not LoginFailure.objects.filter(username=user.username).exists()

    def test_guessing_by_address_is_stopped(self, person, attempt, settings):
        user = person("planner")
        for i in range(settings.LOGIN_FAILURES_PER_ADDRESS):
            attempt(f"name{i}", "wrong")
        assert attempt(user.username, PASSWORD) is None
        assert attempt(user.username, PASSWORD, "10.0.0.2") == user

    def test_old_failures_are_swept(self, attempt):
        attempt("somebody", "wrong")
        with clock.frozen(clock.now() + timedelta(days=1)):
            attempt("somebody", "wrong")
        assert LoginFailure.objects.count() == 1

    def test_names_of_any_length(self, attempt):
        assert attempt("x" * 1000, "wrong") is None
        assert attempt("", "") is None
