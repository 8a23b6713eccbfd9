"""The servers that `bench.pages` measures: Django in our pool of threads, and as Django serves it.

The same settings, addresses and middleware, and nothing of ours around either.
"""

from __future__ import annotations

from django.conf import settings
from django.core.asgi import get_asgi_application

from bench._beside import beside
from nextpatient.pool import PooledDjango

pooled = beside(PooledDjango(settings.THREADS))
djangos = beside(get_asgi_application())
