"""The network as a Django app."""

from django.apps import AppConfig


class NetworkConfig(AppConfig):
    name = "becq.platform.network"
    label = "network"
