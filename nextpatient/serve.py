"""python -m nextpatient.serve: the web server, in one process or several.

uvicorn alone gives all its processes one socket. When thousands connect at the same moment, the
process that looks first takes them all, and the others stand idle. Here each opens a socket of its
own on the same port, and the kernel deals out the connections.
"""

from __future__ import annotations

import argparse
import socket
import sys
from typing import Any

from uvicorn import Config, Server
from uvicorn.supervisors import Multiprocess

from nextpatient.checks import refuse_wrong_settings
from nextpatient.counting import counting_together

APPLICATION = "nextpatient.asgi:application"
BACKLOG = 4096  # as many as the kernel keeps waiting, when all come at once


class OwnInEachProcess(socket.socket):
    """Handed over to another process it becomes a socket of that process's own."""

    def __reduce__(self) -> tuple[Any, ...]:
        return on_the_port, self.getsockname()[:2]


def on_the_port(host: str, port: int) -> OwnInEachProcess:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP, since asyncio sends at once (TCP_NODELAY) on no other: a body that follows its
    # head would wait for 40 ms until the head is acknowledged.
    opened = OwnInEachProcess(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    opened.bind((host, port))
    return opened


def configuration(application: str, workers: int) -> Config:
    return Config(
        application,
        workers=workers,
        backlog=BACKLOG,
        ws="websockets-sansio",
        ws_max_size=4096,
        server_header=False,
        proxy_headers=False,  # nextpatient/proxies.py believes those that are listed
        log_config=None,  # the application's own
        # An address may hold a secret: of a patient's link, or a screen's pass. At 'info' uvicorn
        # writes it; ours has a level of its own.
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=5,
        timeout_worker_healthcheck=30,
    )


def options_of(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m nextpatient.serve", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=1, help="processes")
    parser.add_argument("--application", default=APPLICATION, help="for measurements")
    return parser.parse_args(arguments)


def main() -> None:
    options = options_of(sys.argv[1:])
    refuse_wrong_settings()
    with counting_together():
        serve(options)


def serve(options: argparse.Namespace) -> None:
    config = configuration(options.application, options.workers)
    sockets: list[socket.socket] = [on_the_port(options.host, options.port)]
    if options.workers > 1:
        Multiprocess(config, sockets=sockets).run()
    else:
        Server(config).run(sockets=sockets)


if __name__ == "__main__":
    main()
