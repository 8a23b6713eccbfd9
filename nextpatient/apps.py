"""The roots as an application, so that their checks are known wherever Django is set up."""

from django.apps import AppConfig

from nextpatient import checks  # noqa: F401 - it registers them


class Roots(AppConfig):
    name = "nextpatient"
