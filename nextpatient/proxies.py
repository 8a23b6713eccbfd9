"""Who asks, where a proxy stands in between.

The word of a proxy that is listed (TRUSTED_PROXIES) is believed once, here. Then all such headers
are taken away, and what nobody else has said can fool nobody behind this door.
"""

from __future__ import annotations

from typing import Any

from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

TOLD_BY_PROXIES = frozenset(
    b"forwarded x-forwarded-for x-forwarded-proto x-forwarded-host x-forwarded-port"
    b" x-forwarded-prefix x-forwarded-ssl x-real-ip".split()
)


class ListedProxies:
    def __init__(self, application: Any, listed: list[str]) -> None:
        self.application = application
        self.believing = ProxyHeadersMiddleware(self._silenced, listed)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if TOLD_BY_PROXIES.isdisjoint([name for name, _value in scope.get("headers", ())]):
            await self.application(scope, receive, send)
            return
        peer = scope.get("client")
        is_listed = peer and peer[0] in self.believing.trusted_hosts
        heard: Any = self.believing if is_listed else self._silenced
        await heard({**scope, "peer": peer}, receive, send)

    async def _silenced(self, scope: Any, receive: Any, send: Any) -> None:
        """Whoever is still taken for the peer was sent on by somebody who may not speak for them,
        or who did not say for whom."""
        scope["asks_for_another"] = scope["client"] == scope.pop("peer")
        scope["headers"] = [one for one in scope["headers"] if one[0] not in TOLD_BY_PROXIES]
        await self.application(scope, receive, send)
