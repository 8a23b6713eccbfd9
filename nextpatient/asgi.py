"""What answers: sockets from the hub, what everybody may read from the notice board, probes at once,
all else from Django in a lasting pool of threads; past the one place that believes proxies, and the
porter who writes down what was asked inside."""

import gc
import os
import sys
from typing import Any

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nextpatient.settings")
django.setup(set_prefix=False)

from channels.routing import ProtocolTypeRouter  # noqa: E402 - after Django is set up
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402
from django.urls import reverse  # noqa: E402

from nextpatient.checks import refuse_wrong_settings  # noqa: E402
from nextpatient.checkup import Checkup  # noqa: E402
from nextpatient.noticeboard import NoticeBoard  # noqa: E402
from nextpatient.pool import PooledDjango  # noqa: E402
from nextpatient.porter import Porter  # noqa: E402
from nextpatient.proxies import ListedProxies  # noqa: E402
from queues.live.socket import LiveScreen  # noqa: E402

refuse_wrong_settings()
live_screen: Any = LiveScreen.as_asgi()


async def sockets(scope: Any, receive: Any, send: Any) -> None:
    """All live screens have one address; at any other a socket is refused in a word."""
    if scope["path"] == "/live/":
        await live_screen(scope, receive, send)
    else:
        await receive()
        await send({"type": "websocket.close", "code": 1008})


reverse("front")  # all pages are imported now, and not while the first patients wait
inside = PooledDjango(settings.THREADS)
application = ListedProxies(
    ProtocolTypeRouter(
        {
            "http": NoticeBoard(Porter(Checkup(inside)), inside.in_turn),
            "websocket": AllowedHostsOriginValidator(sockets),
        }
    ),
    settings.TRUSTED_PROXIES,
)

# Threads that reckon give way to the loop ten times as often as by default: what hangs by the door,
# and the screens, do not wait for them.
sys.setswitchinterval(0.0005)
# What is here now stays: it is not looked through for garbage, which would stop everybody for a tenth
# of a second.
gc.collect()
gc.freeze()
