"""Forms that ask a service to do something: what is refused stands beside a field, and the input is kept.

A page makes its deeds, hands the request to :func:`do_one`, and shows those that are left. What a person
gets wrong most often is said by the form itself, in the language of the page and the zone of the site; the
service has the last word, and what it says is put beside the field it speaks of.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from becq.errors import BecqError, PermissionDeniedError
from becq.physics.quantities import format_activity
from becq.platform import clock
from becq.platform.measured import AHEAD
from becq.web import frame
from becq.web.forms import InstantField

NOTE, MEASURED_AT = gettext_lazy("Remark"), gettext_lazy("Time of measurement")


class Deed(forms.Form):
    """One form of a page. ``do`` names it in what is posted, so that a page may hold several."""

    do: ClassVar[str] = ""
    title: ClassVar[str | Promise] = ""
    button: ClassVar[str | Promise] = ""
    look: ClassVar[str] = "primary"
    folded: ClassVar[bool] = False
    """True for what is rarely wanted: it opens on demand."""
    compares: ClassVar[bool] = False
    """True if it can say what would come of it without doing it (a second button)."""
    beside: ClassVar[tuple[tuple[str, str], ...]] = ()
    """(part of a refusal, field that it speaks of); the first that fits."""

    def __init__(
        self,
        request: HttpRequest,
        thing: Any = None,
        *,
        zone: ZoneInfo | None = None,
        after: datetime | None = None,
        **options: Any,
    ) -> None:
        self.request, self.thing, self.after = request, thing, after
        self.zone = zone or ZoneInfo(settings.TIME_ZONE)
        self.comparison: Any = None
        asked = request.method == "POST" and request.POST.get("do") == self.do
        super().__init__(request.POST if asked else None, auto_id=f"{self.do}-%s", **options)
        for each in self.fields.values():
            if isinstance(each, InstantField):
                each.zone = self.zone
                note = _("In the time of the site, %(zone)s.") % {
                    "zone": frame.zone_label(clock.now(), self.zone)
                }
                each.help_text = f"{each.help_text} {note}" if each.help_text else note

    def act(self) -> str:
        """Ask the service; answer what was done, in words."""
        raise NotImplementedError

    def compare(self) -> Any:
        """What would come of it."""
        return None

    def perform(self) -> str | None:
        """What was done, or None: then the errors stand in the form. A lack of permission is let through."""
        if not self.is_valid():
            return None
        if self.compares and "compare" in self.request.POST:
            self.comparison = self.compare()
            return None
        try:
            return self.act()
        except PermissionDeniedError:
            raise
        except BecqError as error:
            sentence = str(error)
            fits = (name for part, name in self.beside if part in sentence and name in self.fields)
            self.add_error(next(fits, None), sentence)
            return None

    @property
    def is_open(self) -> bool:
        """True where it was sent and is shown again."""
        return not self.folded or self.is_bound

    # --- what forms say -------------------------------------------------------------------------

    def clean_at(self) -> datetime | None:
        """When it happened: not in the future, and not before what it follows."""
        at = self.cleaned_data.get("at")
        if at is None:
            return None
        now = clock.now()
        if at > now + AHEAD:
            raise ValidationError(
                _("%(at)s is in the future; it is now %(now)s.") % {"at": self.say(at), "now": self.say(now)}
            )
        if self.after is not None and at < self.after:
            raise ValidationError(
                _("%(at)s is before %(after)s, when what it follows took place.")
                % {"at": self.say(at), "after": self.say(self.after)}
            )
        return at  # type: ignore[no-any-return]

    def say(self, at: datetime) -> str:
        """A moment in the zone of the site."""
        return f"{at.astimezone(self.zone):%Y-%m-%d %H:%M} {frame.zone_label(at, self.zone)}"

    def bq(self, activity_bq: float) -> str:
        """An activity in the units of the person."""
        return format_activity(activity_bq, frame.units(self.request))

    def moment(self) -> datetime:
        """When it happened, now where nothing is written."""
        return self.cleaned_data.get("at") or clock.now()


def note_field(*, required: bool = False, label: Any = NOTE, **options: Any) -> forms.CharField:
    """A remark of one or two lines."""
    return forms.CharField(
        label=label,
        required=required,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        **options,
    )


def time_field(label: Any = MEASURED_AT) -> InstantField:
    """When it happened; empty for the moment of sending."""
    return InstantField(label=label, required=False, help_text=gettext_lazy("Empty: now."))


def do_one(request: HttpRequest, deeds: Iterable[Deed | None], back: str) -> HttpResponse | None:
    """Do what was posted: a redirect to ``back`` with a word of success, or None to show the page."""
    if request.method != "POST":
        return None
    for deed in deeds:
        if deed is not None and deed.is_bound:
            done = deed.perform()
            if done is not None:
                messages.success(request, done)
                return redirect(back)
            return None
    # The page has moved on since it was loaded: what was posted is no longer to be done here.
    messages.warning(request, _("This is not possible any more, or not for you. Nothing was changed."))
    return redirect(back)
