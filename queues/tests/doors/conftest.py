"""Who may enter does not depend on the engine below, and once is enough."""

from django.db import connection

collect_ignore_glob = ["test_*.py"] if connection.vendor != "sqlite" else []
