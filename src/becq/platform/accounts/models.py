"""Organisations, people, and failed logins."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.core.validators import RegexValidator
from django.db import models

NATIONWIDE = "*"
"""The province of a regulator whose jurisdiction is the whole country."""


class OrganisationKind(models.TextChoices):
    """What an organisation is in the chain."""

    PRODUCER = "producer", "Producer"
    PHARMACY = "pharmacy", "Nuclear pharmacy"
    HOSPITAL = "hospital", "Hospital"
    CARRIER = "carrier", "Carrier"
    REGULATOR = "regulator", "Regulator"
    OFFICE = "office", "Industrial-chain office"
    OPERATOR = "operator", "Operator of this installation"


class Role(models.TextChoices):
    """What a person does; ``policy`` says what each role may do."""

    PLANNER = "planner", "Production planner"
    DISPATCHER = "dispatcher", "Dispatcher"
    HOSPITAL = "hospital", "Hospital department"
    RSO = "rso", "Radiation safety officer"
    REGULATOR = "regulator", "Regulator"
    ADMINISTRATOR = "administrator", "Administrator"


class Organisation(models.Model):
    """A legal person that holds activity or watches over it. Its code is for ever: the books name it."""

    code = models.CharField(
        max_length=40, unique=True, validators=[RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    )
    name = models.CharField(max_length=200)
    name_zh = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=20, choices=OrganisationKind)
    province = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class User(AbstractUser):
    """A person with one role in at most one organisation, perhaps bound to one of its sites."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="people"
    )
    role = models.CharField(max_length=20, choices=Role, blank=True)
    site_code = models.CharField(max_length=80, blank=True)
    language = models.CharField(max_length=10, default="zh-hans")

    class Meta:
        ordering = ["username"]


class LoginFailure(models.Model):
    """One failed login; old ones are swept when new ones arrive."""

    username = models.CharField(max_length=150)
    address = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["username", "at"]), models.Index(fields=["address", "at"])]
