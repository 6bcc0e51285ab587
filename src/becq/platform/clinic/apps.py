"""Doses for patients as a Django app."""

from django.apps import AppConfig


class ClinicConfig(AppConfig):
    name = "becq.platform.clinic"
    label = "clinic"
