"""What hangs by the door is as true as what is said inside, and nobody is told what is not theirs."""

from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.conf import LazySettings
from django.db import OperationalError, connection
from django.utils import timezone

from nextpatient import noticeboard, notices
from nextpatient.limits import public
from nextpatient.noticeboard import NoticeBoard
from queues import hints
from queues.actions.limits import TooMany
from queues.actions.refusals import NotThere
from queues.models import Clinic, Department
from queues.rules.topics import Rests
from queues.screens.published import Published
from queues.tests.serving.broken import cut

OURS = (b"host", b"localhost")
BODY = b'{"serving": []}' + b" " * 600


class Inside:
    """Django's part: it counts how often it is asked, and answers what it is told to."""

    def __init__(self) -> None:
        self.asked = 0
        self.status = 200
        self.on = frozenset({"department 1"})
        self.until: Any = None
        self.meanwhile: Callable[[], None] = lambda: None
        self.pause = 0.0
        self.again: Callable[[], Published | None] | None = None

    def says(self, body: bytes) -> Published:
        etag, rests = f'W/"{self.asked}"', Rests(self.on, self.until)
        return Published(body, etag, rests, self.again, lambda label: self.cut_out(label, rests))

    def cut_out(self, label: str, rests: Rests) -> Published | None:
        return Published(b"%s of %d" % (label.encode(), self.asked), 'W/"part"', rests)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked += 1
        body = b"%d " % self.asked + BODY
        await asyncio.sleep(self.pause)
        self.meanwhile()
        scope["route"], scope["published"] = "api/now_serving", self.says(body)
        headers = [(b"etag", b'W/"%d"' % self.asked), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


async def at_once(act: Callable[..., Any], *args: Any) -> Any:
    return act(*args)


@pytest.fixture
def inside() -> Inside:
    return Inside()


@pytest.fixture
def board(inside: Inside, monkeypatch: pytest.MonkeyPatch) -> Iterator[NoticeBoard]:
    made = NoticeBoard(inside, at_once)
    monkeypatch.setattr(made.news, "begin", lambda: None)  # no database here
    yield made
    hints._hearers.remove(made.hear)


async def ask(
    board: NoticeBoard,
    *headers: tuple[bytes, bytes],
    method: str = "GET",
    path: str = "/api/now_serving",
    query: bytes = b"a=1",
) -> tuple[int, dict[bytes, bytes], bytes]:
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query,
        "headers": [OURS, *headers],
        "client": ("192.0.2.1", 1),
    }
    client = ApplicationCommunicator(board, scope)
    await client.send_input({"type": "http.request", "body": b"", "more_body": False})
    start = await client.receive_output(5)
    body = await client.receive_output(5)
    return start["status"], dict(start["headers"]), body["body"]


def asked(board: NoticeBoard, *headers: tuple[bytes, bytes], **more: Any) -> Any:
    return asyncio.run(ask(board, *headers, **more))


def test_a_question_is_asked_inside_once(board: NoticeBoard, inside: Inside) -> None:
    first, again, other = asked(board), asked(board), asked(board, query=b"a=2")
    assert first[2] == again[2] != other[2]
    assert inside.asked == 2
    assert first[1][b"x-request-id"] != again[1][b"x-request-id"]


@pytest.mark.django_db(transaction=True)
def test_a_thread_whose_connection_broke_reads_again_soon(
    board: NoticeBoard, inside: Inside, clinic: Clinic
) -> None:
    asked(board)
    (notice,) = board.notices.values()
    with ThreadPoolExecutor(1) as thread:

        def read() -> object:
            again = lambda: inside.says(b"%d" % Clinic.objects.count())  # noqa: E731
            return thread.submit(board._read_again, notice, again).result()

        assert read()
        cut(thread)
        read()  # once it may fail, and be asked inside
        assert read()
        thread.submit(lambda: connection.close()).result()


@pytest.mark.parametrize(
    "header",
    [(b"authorization", b"Bearer x"), (b"cookie", b"sessionid=x"), (b"origin", b"https://a.test")],
)
def test_whoever_is_known_goes_inside(
    board: NoticeBoard, inside: Inside, header: tuple[bytes, bytes]
) -> None:
    asked(board)
    asked(board, header)
    asked(board, header)
    assert inside.asked == 3


def test_another_method_or_another_house_goes_inside(board: NoticeBoard, inside: Inside) -> None:
    asked(board)
    asked(board, method="POST")
    asked(board, (b"host", b"evil.example"))
    assert inside.asked == 3


@pytest.mark.parametrize("knows", [b'W/"1"', b'"1"', b'"0", W/"1"', b"*"])
def test_whoever_has_it_hears_that_it_holds(board: NoticeBoard, knows: bytes) -> None:
    status, headers, body = asked(board, (b"if-none-match", knows))
    assert (status, headers[b"etag"], body) == (304, b'W/"1"', b"")
    assert b"content-length" not in headers


def test_it_is_packed_for_whoever_unpacks(board: NoticeBoard) -> None:
    _status, plain, whole = asked(board)
    _status, headers, packed = asked(board, (b"accept-encoding", b"br, gzip"))
    assert gzip.decompress(packed) == whole
    assert (headers[b"content-encoding"], int(headers[b"content-length"])) == (b"gzip", len(packed))
    assert int(plain[b"content-length"]) == len(whole)
    assert b"accept-encoding" in plain[b"vary"]
    head = asked(board, method="HEAD")
    assert (head[0], head[1][b"content-length"], head[2]) == (200, plain[b"content-length"], b"")


def test_what_moves_is_asked_anew(board: NoticeBoard, inside: Inside) -> None:
    asked(board)
    board.hear(["department 2"])
    asked(board)
    assert inside.asked == 1
    board.hear(["department 1"])
    assert asked(board)[2].startswith(b"2 ")
    board.hear(None)
    assert asked(board)[2].startswith(b"3 ")


def test_what_moves_while_it_is_read_is_asked_anew(board: NoticeBoard, inside: Inside) -> None:
    inside.meanwhile = lambda: board.hear(["department 1"])
    asked(board)
    inside.meanwhile = lambda: None
    asked(board)
    asked(board)
    assert inside.asked == 2


def test_whoever_asks_after_a_change_is_not_told_what_was_read_before(
    board: NoticeBoard, inside: Inside
) -> None:
    async def crowd() -> list[bytes]:
        await ask(board)
        board.hear(["department 1"])
        inside.pause = 0.2
        early = [asyncio.create_task(ask(board)) for _ in range(5)]
        await asyncio.sleep(0.1)
        board.hear(["department 1"])
        late = [asyncio.create_task(ask(board)) for _ in range(5)]
        return [body[:1] for _status, _headers, body in await asyncio.gather(*early, *late)]

    assert asyncio.run(crowd()) == [b"2"] * 5 + [b"3"] * 5
    assert inside.asked == 3, "those who ask together are told together"


@pytest.mark.parametrize(("many", "times"), [(0, 2), (50, 6)])
def test_where_many_ask_and_reading_costs_much_it_is_told_as_it_was_for_a_moment(
    board: NoticeBoard, inside: Inside, monkeypatch: pytest.MonkeyPatch, many: int, times: int
) -> None:
    monkeypatch.setattr(noticeboard, "MANY", many)
    monkeypatch.setattr(noticeboard, "SHARE", 0.15)

    async def run() -> int:
        inside.pause = 0.1
        for _time in range(6):
            await ask(board)
            board.hear(["department 1"])
        return inside.asked

    assert asyncio.run(run()) == times


def test_but_not_for_longer(
    board: NoticeBoard, inside: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(noticeboard, "MANY", -1)
    monkeypatch.setattr(noticeboard, "SHARE", -1.0)
    monkeypatch.setattr(notices, "OLD_AT_MOST", 0.3)
    asked(board)
    board.hear(["department 1"])
    assert asked(board)[2].startswith(b"1 ")
    time.sleep(0.4)
    assert asked(board)[2].startswith(b"2 ")


# What knows how to read itself anew


def test_what_moved_is_read_anew_without_going_inside(board: NoticeBoard, inside: Inside) -> None:
    reads = 0

    def again() -> Published:
        nonlocal reads
        reads += 1
        return Published(b"again %d" % reads, f'W/"again {reads}"', Rests(inside.on))

    inside.again = again
    _status, before, _body = asked(board)
    for number in (1, 2):
        board.hear(["department 1"])
        status, headers, body = asked(board)
        assert (status, body) == (200, b"again %d" % number)
        assert headers[b"etag"] == b'W/"again %d"' % number
        assert headers[b"content-length"] == b"%d" % len(body)
        assert headers.keys() == before.keys()
    assert inside.asked == 1


def fails() -> Published | None:
    raise OperationalError("gone away")


def refuses() -> Published | None:
    raise NotThere("no such doctor")


def is_gone() -> Published | None:
    raise Department.DoesNotExist


@pytest.mark.parametrize("again", [lambda: None, fails, refuses, is_gone])
def test_where_that_does_not_do_it_goes_inside(
    board: NoticeBoard, inside: Inside, again: Callable[[], Published | None]
) -> None:
    inside.again = again
    asked(board)
    board.hear(["department 1"])
    assert asked(board)[2].startswith(b"2 ")


def test_after_a_restore_all_is_asked_inside(board: NoticeBoard, inside: Inside) -> None:
    inside.again = lambda: Published(b"as before the restore", 'W/"x"', Rests(inside.on))
    asked(board)
    board.hear(None)
    assert asked(board)[2].startswith(b"2 ")


# One place of a whole queue


def test_a_place_is_cut_out_of_the_queue(board: NoticeBoard, inside: Inside) -> None:
    asked(board, path="/api/queue", query=b"department=OPD")
    for query in (b"department=OPD&label=A-007", b"label=a-007&department=OPD"):
        status, headers, body = asked(board, path="/api/place", query=query)
        assert (status, body, headers[b"etag"]) == (200, b"A-007 of 1", b'W/"part"')
    assert inside.asked == 1
    board.hear(["department 1"])
    query = b"department=OPD&label=A-007"
    assert asked(board, path="/api/place", query=query)[2] == b"A-007 of 2"


def test_who_is_not_in_it_is_asked_for_inside(
    board: NoticeBoard, inside: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inside, "cut_out", lambda _label, _rests: None)
    query = b"department=OPD&label=A-007"
    assert asked(board, path="/api/place", query=query)[2].startswith(b"2 ")
    assert asked(board, path="/api/place", query=b"department=OPD&label=%41")[2].startswith(b"3 ")


def test_it_ends_by_itself(board: NoticeBoard, inside: Inside) -> None:
    inside.until = timezone.now() - timedelta(seconds=1)
    asked(board)
    asked(board)
    assert inside.asked == 2


@pytest.mark.parametrize("status", [401, 404, 503])
def test_a_refusal_is_not_kept(board: NoticeBoard, inside: Inside, status: int) -> None:
    asked(board)
    board.hear(None)
    inside.status = status
    assert [asked(board)[0], asked(board)[0]] == [status, status]
    inside.status = 200
    assert asked(board)[0] == 200


def test_no_more_hang_than_there_is_room_for(
    board: NoticeBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(noticeboard, "MOST", 3)
    for number in range(5):
        asked(board, query=b"a=%d" % number)
    assert [one.query for one in board.notices] == [b"a=2", b"a=3", b"a=4"]
    assert board.bytes == sum(len(one.body) for one in board.notices.values())
    assert len(board._on["department 1"]) == 3


def test_whoever_comes_too_often_hears_so_inside(
    board: NoticeBoard, inside: Inside, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_often(_who: str) -> None:
        raise TooMany(1)

    asked(board)
    monkeypatch.setattr(public, "spend", too_often)
    asked(board)
    assert inside.asked == 2
