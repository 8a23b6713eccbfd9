"""What a page says to nobody: errors of its scripts and on its console, and calls to other hosts."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, WebError

OF_THE_PAGE_ITSELF = ("data:", "blob:")


class Complaints:
    """Listens to every page of its contexts; `forgiven` are patterns of what a test brings about."""

    def __init__(self, host: str, forgiven: tuple[str, ...] = ()) -> None:
        self.host = host
        self.forgiven = forgiven
        self.heard: list[str] = []

    def listen_to(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("request", lambda request: self._address(request.url))
        context.on("page", self._page)

    def _page(self, page: Page) -> None:
        page.on("websocket", lambda socket: self._address(socket.url))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._say(f"console: {message.text} ({message.location['url']})")

    def _error(self, error: WebError) -> None:
        self._say(f"script: {error.error}")

    def _address(self, url: str) -> None:
        if not url.startswith(OF_THE_PAGE_ITSELF) and urlsplit(url).netloc != self.host:
            self._say(f"another host: {url}")

    def _say(self, text: str) -> None:
        if not any(re.search(pattern, text) for pattern in self.forgiven):
            self.heard.append(text)
