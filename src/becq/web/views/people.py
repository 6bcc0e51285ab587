"""People: who may sign in, with which role, for whom. For administrators."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from becq.errors import BecqError, ConflictError, PermissionDeniedError
from becq.platform.accounts import policy, selectors, services
from becq.platform.accounts.models import User
from becq.platform.network import selectors as network
from becq.web import frame
from becq.web.frame import ROLES
from becq.web.tables import Column, Filter, Table
from becq.web.views.errors import forbidden

LANGUAGES = (("zh-hans", "简体中文"), ("en", "English"))
TEXTS = {"autocomplete": "off", "spellcheck": "false"}


class PasswordField(forms.CharField):
    """A password for somebody else, which must be told to them."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            label=gettext_lazy("Password"),
            min_length=10,
            max_length=200,
            strip=False,
            widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
            help_text=gettext_lazy(
                "At least 10 characters, not only digits, not a common word. Tell it to the person yourself."
            ),
            **options,
        )


def _role_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=gettext_lazy("Role"), choices=[("", gettext_lazy("choose")), *ROLES.items()]
    )


class PersonForm(forms.Form):
    """A new person."""

    username = forms.CharField(
        label=gettext_lazy("Name to sign in with"), max_length=150, widget=forms.TextInput(attrs=TEXTS)
    )
    first_name = forms.CharField(label=gettext_lazy("Name"), max_length=150, required=False)
    role = _role_field()
    organisation = forms.ChoiceField(label=gettext_lazy("Organisation"))
    site_code = forms.ChoiceField(
        label=gettext_lazy("Bound to the site"),
        required=False,
        help_text=gettext_lazy("Empty: every site of the organisation."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=LANGUAGES, initial="zh-hans")
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    password = PasswordField()

    def __init__(self, request: HttpRequest, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.request = request
        viewer: Any = request.user
        if policy.is_operator(viewer):
            holders = selectors.organisations(viewer)
        else:
            holders = selectors.organisations(viewer).filter(pk=viewer.organisation_id)
        self.holders = {row.code: row for row in holders}
        choices = [(code, frame.named(row, code)) for code, row in self.holders.items()]
        self.fields["organisation"].choices = (  # type: ignore[attr-defined]
            choices if len(choices) == 1 else [("", _("choose")), *choices]
        )
        self.fields["site_code"].choices = _sites(request, *self.holders.values())  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        holder = self.holders.get(values.get("organisation", ""))
        site = values.get("site_code")
        if holder is not None and site and site not in dict(_sites(self.request, holder)):
            self.add_error("site_code", _("This site is not one of the organisation."))
        return values


class ChangeForm(forms.Form):
    """Another role, another site."""

    role = _role_field()
    site_code = forms.ChoiceField(
        label=gettext_lazy("Bound to the site"),
        required=False,
        help_text=gettext_lazy("Empty: every site of the organisation."),
    )

    def __init__(self, request: HttpRequest, person: User, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        holders = [person.organisation] if person.organisation else []
        self.fields["site_code"].choices = _sites(request, *holders)  # type: ignore[attr-defined]


class ResetForm(forms.Form):
    """A new password."""

    password = PasswordField()


def _sites(request: HttpRequest, *holders: Any) -> list[tuple[str, str]]:
    keys = {holder.pk for holder in holders}
    rows = network.sites(request.user).filter(organisation__in=keys)  # type: ignore[arg-type]
    return [("", _("all")), *((row.code, frame.named(row, row.code)) for row in rows)]


def _one(request: HttpRequest, key: int) -> User:
    found = selectors.people(request.user).filter(pk=key).first()  # type: ignore[arg-type]
    if found is None:
        raise Http404("person")
    return found


def _word(error: BecqError) -> tuple[str, str]:
    """(field, sentence) of a refusal of ``accounts.services``, in the language of the page."""
    text = str(error)
    if text.startswith("Weak password: "):
        return "password", text.removeprefix("Weak password: ")
    if isinstance(error, ConflictError):
        return "username", _("This name is taken; choose another one.")
    if "regulating organisation" in text:
        return "role", _("This role does not fit the organisation.")
    if text.startswith("username:"):
        return "username", _("Letters, digits and @ . + - _ only.")
    return "", text


@login_required
def people(request: HttpRequest) -> HttpResponse:
    """Everybody that one manages."""
    viewer: Any = request.user
    if not policy.may(viewer, "accounts.manage"):
        return forbidden(request)
    rows = selectors.people(viewer)
    table = Table(
        request=request,
        rows=rows,
        caption=_("People"),
        name="people",
        order="username",
        export_name="people",
        columns=[
            Column(
                "username",
                _("Name to sign in with"),
                "code",
                sort=True,
                href=lambda row: reverse("person", args=[row.pk]),
            ),
            Column("name", _("Name"), path="get_full_name", sort="first_name"),
            Column("role", _("Role"), path=_role_of, sort="role"),
            Column(
                "organisation",
                _("Organisation"),
                path=lambda row: frame.named(row.organisation) if row.organisation else "",
                sort="organisation.code",
            ),
            Column("site_code", _("Site"), "code", sort=True),
            Column("last_login", _("Last signed in"), "instant", sort=True),
            Column(
                "state",
                _("Status"),
                template="web/people/state.html",
                path=lambda row: _("active") if row.is_active else _("shut out"),
                sort="is_active",
            ),
            Column("email", _("E-mail"), sort=True, hidden=True),
            Column("date_joined", _("Added"), "instant", sort=True, hidden=True),
        ],
        filters=[
            Filter(
                "q",
                _("Name or organisation"),
                "search",
                fields=["username", "first_name", "last_name", "organisation.name", "organisation.name_zh"],
            ),
            Filter("role", _("Role"), choices=list(ROLES.items())),
            Filter("active", _("Only active"), "flag", field="is_active"),
        ],
    )
    if table.wants_export:
        return table.export()
    active = rows.filter(is_active=True).count()
    sentence = ngettext("%(n)s person may sign in", "%(n)s people may sign in", active) % {"n": active}
    shut = rows.count() - active
    if shut:
        sentence += _(", ") + _("%(n)s shut out") % {"n": shut}
    return render(request, "web/people/list.html", {"table": table, "sentence": sentence})


def _role_of(row: User) -> str:
    role = str(ROLES.get(row.role, "—"))
    return _("%(role)s (superuser)") % {"role": role} if row.is_superuser else role


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """A new person."""
    viewer: Any = request.user
    if not policy.may(viewer, "accounts.manage"):
        return forbidden(request)
    form = PersonForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        values["organisation"] = form.holders[values["organisation"]]
        try:
            made = services.create_user(viewer, **values)
        except PermissionDeniedError:
            raise
        except BecqError as error:
            field, text = _word(error)
            form.add_error(field or None, text)
        else:
            messages.success(request, _("%(name)s may sign in now.") % {"name": made.username})
            return redirect("administration")
    return render(request, "web/people/new.html", {"form": form})


@login_required
def person(request: HttpRequest, key: int) -> HttpResponse:
    """One person: role, site, password, in or out."""
    viewer: Any = request.user
    if not policy.may(viewer, "accounts.manage"):
        return forbidden(request)
    found = _one(request, key)
    asked = request.POST.get("do", "")
    change = ChangeForm(
        request,
        found,
        request.POST if asked == "change" else None,
        initial={"role": found.role, "site_code": found.site_code},
    )
    reset = ResetForm(request.POST if asked == "reset" else None)
    done = ""
    form: forms.Form | None = None
    try:
        if asked == "change" and change.is_valid():
            form = change
            services.change_role(viewer, found, **change.cleaned_data)
            done = _("The role of %(name)s is changed.")
        elif asked == "reset" and reset.is_valid():
            form = reset
            services.set_password(viewer, found, reset.cleaned_data["password"])
            done = _("%(name)s has a new password.")
        elif asked in {"shut", "let"}:
            services.set_active(viewer, found, asked == "let")
            done = _("%(name)s may sign in now.") if asked == "let" else _("%(name)s can no longer sign in.")
    except PermissionDeniedError:
        raise
    except BecqError as error:
        field, text = _word(error)
        if form is not None:
            form.add_error(field if field in form.fields else None, text)
    if done:
        messages.success(request, done % {"name": found.username})
        return redirect("person", found.pk)
    context = {
        "person": found,
        "role": _role_of(found),
        "change": change,
        "reset": reset,
        "own": found.pk == viewer.pk,
        "manageable": viewer.is_superuser or not found.is_superuser,
    }
    return render(request, "web/people/person.html", context)
