"""What moved elsewhere is found also after the database was away."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.db import Error, connection

from nextpatient.news import EPOCH, versions
from queues.models import Clinic
from queues.tests.serving.broken import cut


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_broke_is_opened_anew(clinic: Clinic) -> None:
    with ThreadPoolExecutor(1) as thread:

        def there(act: Callable[[], object]) -> object:
            return thread.submit(act).result()

        there(versions)
        cut(thread)
        with suppress(Error):  # one look may fail, before it is known
            there(versions)
        assert there(versions)[EPOCH] == clinic.epoch  # type: ignore[index]
        there(lambda: connection.close())
