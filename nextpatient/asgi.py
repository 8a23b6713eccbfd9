"""What answers: Django in a lasting pool of threads."""

import os

import django
from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, Scope
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nextpatient.settings")
django.setup(set_prefix=False)

from channels.routing import ProtocolTypeRouter  # noqa: E402 - after Django is set up

from nextpatient.pool import PooledDjango  # noqa: E402


async def no_socket_yet(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """Nothing is pushed yet, so every socket is refused in a word instead of with a traceback."""
    await receive()
    await send({"type": "websocket.close", "code": 1008, "reason": None})


application = ProtocolTypeRouter(
    {"http": PooledDjango(settings.THREADS), "websocket": no_socket_yet}
)
