"""The socket of every live screen: it shows its pass, and from then on is only told things."""

from __future__ import annotations

import asyncio
import logging
from typing import Any
from urllib.parse import parse_qs

from channels.consumer import AsyncConsumer
from channels.exceptions import StopConsumer
from django.db import Error

from queues import hints
from queues.live import meters
from queues.live.crowd import Crowd
from queues.live.hub import hub
from queues.live.line import Line
from queues.live.messages import Wish
from queues.rules.networks import network_of
from queues.screens import passes
from queues.screens.holders import Holder
from queues.screens.passes import Pass

log = logging.getLogger(__name__)
crowd = Crowd()
TRY_LATER, NOT_LISTENING = 1013, 1008
SENT_AWAY = 4001  # our own, which live.js knows: the page asks anew what it may show


class LiveScreen(AsyncConsumer):
    channel_layer_alias = "none"  # the hub listens for all of them
    line: Line | None = None

    async def dispatch(self, message: Any) -> None:
        """As Channels does, but without its look at the database: no message here needs it."""
        await getattr(self, message["type"].replace(".", "_"))(message)

    async def websocket_connect(self, message: Any) -> None:
        asked = parse_qs(self.scope["query_string"].decode("ascii", "replace"))
        shown = passes.read(asked.get("pass", [""])[0])
        self.network = network_of((self.scope.get("client") or ("", 0))[0])
        if shown is None:
            await self._refuse(NOT_LISTENING)
        elif not crowd.admit(self.network):
            await self._refuse(TRY_LATER)
        else:
            await self._begin(shown)

    async def _begin(self, shown: Pass) -> None:
        hints.use_loop(asyncio.get_running_loop())
        self.line = Line(self._say)
        meters.sockets.inc()
        if shown.holder:
            await self._enter(self.line, shown.holder)
        if self.line:
            await self.send({"type": "websocket.accept"})
        if self.line:  # not sent away meanwhile
            is_anybodys = shown.holder is None
            wish = Wish(shown.screen, shown.language, shown.label, is_anybodys)
            hub().join(self.line, shown.departments, wish)

    async def _enter(self, line: Line, holder: Holder) -> None:
        code = NOT_LISTENING
        try:
            is_here = await hub().admit(line, holder, self._send_away)
        except Error:
            is_here, code = False, TRY_LATER
        if self.line and not is_here:
            self._leave()
            await self._refuse(code)

    def _send_away(self) -> None:
        if self.line:
            self._leave()
            self._going = asyncio.create_task(self._go())

    async def _go(self) -> None:
        try:
            await self._refuse(SENT_AWAY)
        except Exception as error:
            log.debug("a socket was closed already: %s", type(error).__name__)

    async def websocket_receive(self, message: Any) -> None:
        """Screens have nothing to tell us."""
        self._leave()
        await self._refuse(NOT_LISTENING)

    async def websocket_disconnect(self, message: Any) -> None:
        self._leave()
        raise StopConsumer

    def _leave(self) -> None:
        if self.line:
            hub().leave(self.line)
            self.line.close()
            crowd.dismiss(self.network)
            meters.sockets.dec()
            self.line = None

    async def _say(self, text: str) -> None:
        await self.send({"type": "websocket.send", "text": text})

    async def _refuse(self, code: int) -> None:
        await self.send({"type": "websocket.close", "code": code})
