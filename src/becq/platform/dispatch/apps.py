"""Consignments from hand to hand as a Django app."""

from django.apps import AppConfig


class DispatchConfig(AppConfig):
    name = "becq.platform.dispatch"
    label = "dispatch"
