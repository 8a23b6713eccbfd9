"""What answers: Django in a lasting pool of threads for requests, Channels for sockets."""

import os

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nextpatient.settings")
django.setup(set_prefix=False)

from channels.routing import ProtocolTypeRouter  # noqa: E402 - after Django is set up

from nextpatient.pool import PooledDjango  # noqa: E402

application = ProtocolTypeRouter({"http": PooledDjango(settings.THREADS)})
