"""Whoever connects at the same moment is dealt out to all processes of the server."""

from __future__ import annotations

import pickle
import selectors
import socket

from nextpatient.serve import APPLICATION, configuration, on_the_port

COUNT = 200


def test_two_processes_share_those_who_come_at_once() -> None:
    with on_the_port("127.0.0.1", 0) as first, pickle.loads(pickle.dumps(first)) as second:
        assert second.getsockname() == first.getsockname()
        took = _taken_by([first, second])
    assert sum(took) == COUNT
    assert min(took) > COUNT // 5  # the kernel deals by chance: 40 of 200 is nine deviations off


def test_one_socket_for_both_gives_all_to_whoever_looks_first() -> None:
    with on_the_port("127.0.0.1", 0) as only, only.dup() as the_same:
        assert _taken_by([only, the_same]) == [COUNT, 0]


def test_the_server_writes_no_addresses_whatever_our_own_level_is() -> None:
    """At 'info' uvicorn writes each socket's whole address, with its pass."""
    config = configuration(APPLICATION, 1)
    assert (config.access_log, config.log_level) == (False, "warning")


def _taken_by(sockets: list[socket.socket]) -> list[int]:
    """How many of those who are all there already each would take, one after the other."""
    for one in sockets:
        one.listen(COUNT)
        one.setblocking(False)
    address = sockets[0].getsockname()
    clients = [socket.create_connection(address) for _client in range(COUNT)]
    took = [_accepted(one) for one in sockets]
    for client in clients:
        client.close()
    return took


def _accepted(listening: socket.socket) -> int:
    with selectors.DefaultSelector() as ready:
        ready.register(listening, selectors.EVENT_READ)
        count = 0
        while ready.select(timeout=0.2):
            listening.accept()[0].close()
            count += 1
        return count
