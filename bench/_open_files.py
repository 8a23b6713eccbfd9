"""A socket is an open file, and a login shell often allows a thousand of them."""

from __future__ import annotations

import resource


def allow_many_connections() -> None:
    """As ./dev does before it serves; the server that is started next inherits it."""
    _soft, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
