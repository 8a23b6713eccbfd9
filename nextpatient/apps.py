"""The roots as an application: so its checks are known wherever Django is set up, and what is told of
accounts is heard."""

from importlib import import_module

from django.apps import AppConfig

from nextpatient import checks  # noqa: F401 - it registers them


class Roots(AppConfig):
    name = "nextpatient"

    def ready(self) -> None:
        import_module("nextpatient.receivers")  # it needs the tables, which are there only now
