"""Whoever connects at the same moment is dealt out to all processes of the server."""

from __future__ import annotations

import asyncio
import pickle
import selectors
import socket

import pytest

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


@pytest.mark.parametrize("other_process", [False, True])
def test_what_is_said_is_sent_at_once(other_process: bool) -> None:
    """asyncio turns off the wait for more (Nagle) on sockets that say that they are TCP alone."""

    async def sends_at_once() -> int:
        accepted: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def connected(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            taken = writer.get_extra_info("socket")
            accepted.set_result(taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        opened = on_the_port("127.0.0.1", 0)
        listening = pickle.loads(pickle.dumps(opened)) if other_process else opened
        if other_process:
            opened.close()
        async with await asyncio.start_server(connected, sock=listening):
            _reader, writer = await asyncio.open_connection(*listening.getsockname())
            sent = await asyncio.wait_for(accepted, 10)
            writer.close()
        return sent

    assert asyncio.run(sends_at_once())


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
