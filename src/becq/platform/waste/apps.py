"""Waste that decays in storage as a Django app."""

from django.apps import AppConfig


class WasteConfig(AppConfig):
    name = "becq.platform.waste"
    label = "waste"
