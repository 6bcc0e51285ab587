"""Supervision as a Django app."""

from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    name = "becq.platform.supervision"
    label = "supervision"
