"""Form fields that take what people write: activities with units, durations, nuclides, instants in a zone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from becq.errors import InputError
from becq.physics import quantities
from becq.physics.nuclides import nuclide, parse_nuclide
from becq.web.frame import YEARS
from becq.web.problems import say


def check_year(moment: date) -> None:
    """Refuse a day or moment outside of ``frame.YEARS``."""
    if moment.year not in YEARS:
        raise ValidationError(
            _("The year lies between %(first)s and %(last)s"),
            code="year",
            params={"first": YEARS[0], "last": YEARS[-1]},
        )


class ActivityField(forms.CharField):
    """ "7.4GBq" or "200 mCi" → Bq (float). The page shows both units while one types."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"data-activity": "", "autocomplete": "off", "placeholder": "7.4 GBq"}
        super().__init__(widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> float | None:  # type: ignore[override]
        text = super().clean(value)
        if not text:
            return None
        try:
            return quantities.parse_activity(text)
        except InputError as error:
            raise ValidationError(say(str(error))) from error

    def prepare_value(self, value: Any) -> Any:
        return quantities.format_activity(value, "SI", 4) if isinstance(value, float | int) else value


class QuantityField(forms.CharField):
    """A quantity with its unit → the unit of the core (float), by one of the readers of ``quantities``."""

    def __init__(self, parse: Callable[[str], float], example: str, **kwargs: Any) -> None:
        attrs = {"autocomplete": "off", "placeholder": example}
        super().__init__(widget=forms.TextInput(attrs=attrs), **kwargs)
        self.parse = parse

    def clean(self, value: Any) -> float | None:  # type: ignore[override]
        text = super().clean(value)
        if not text:
            return None
        try:
            return self.parse(text)
        except InputError as error:
            raise ValidationError(say(str(error))) from error


class DurationField(forms.CharField):
    """ "2 h 15 min" → s (float)."""

    def clean(self, value: Any) -> float | None:  # type: ignore[override]
        text = super().clean(value)
        if not text:
            return None
        try:
            return quantities.parse_duration(text)
        except InputError as error:
            raise ValidationError(say(str(error))) from error

    def prepare_value(self, value: Any) -> Any:
        return quantities.format_duration(value) if isinstance(value, float | int) else value


class NuclideField(forms.CharField):
    """Any spelling → canonical name ("Tc-99m"); look-alikes are refused with a suggestion."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "Tc-99m"}), **kwargs
        )

    def clean(self, value: Any) -> str:  # type: ignore[override]
        text = super().clean(value)
        if not text:
            return ""
        try:
            return parse_nuclide(text).name
        except InputError as error:
            raise ValidationError(say(str(error))) from error


class InstantField(forms.Field):
    """Date and time in a site's zone → aware datetime in UTC. ``form.fields[...].zone`` is the zone."""

    default_error_messages = {"invalid": _("Write date and time, for example 2026-07-12 08:00")}

    def __init__(self, *, zone: ZoneInfo | None = None, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateTimeInput(attrs={"type": "datetime-local"}), **kwargs)
        self.zone = zone or ZoneInfo(settings.TIME_ZONE)

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values:
            return None
        if isinstance(value, datetime):
            moment = value
        else:
            try:
                moment = datetime.fromisoformat(str(value).strip().replace(" ", "T", 1))
            except ValueError as error:
                raise ValidationError(self.error_messages["invalid"], code="invalid") from error
        check_year(moment)
        return (moment if moment.tzinfo else moment.replace(tzinfo=self.zone)).astimezone(UTC)

    def prepare_value(self, value: Any) -> Any:
        return (
            value.astimezone(self.zone).strftime("%Y-%m-%dT%H:%M")
            if isinstance(value, datetime) and value.tzinfo
            else value
        )


class DayField(forms.DateField):
    """A day, of the years that anything is planned or booked in."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)

    def to_python(self, value: Any) -> date | None:
        day = super().to_python(value)
        if day is not None:
            check_year(day)
        return day


def nuclide_choices(names: list[str], chinese: bool) -> list[tuple[str, str]]:
    """Choices for a select of known nuclides."""
    return [(name, nuclide(name).name_zh if chinese else name) for name in names]
