"""What a department shows to everybody, read once for all who look: walls, phones, other systems.

Each process keeps the newest board of every department that somebody looks at. Its version (day
and seq) is read before its rows, so a board can be too old and is then read anew, but never
claims to be newer than it is. Where only time has passed, what moves by itself is reckoned anew
from the same rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from threading import Lock
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.db.models import Count
from django.utils import timezone

from queues.models import DayBook, Department, Event, Kind, Token, statements
from queues.models.statements import Columns, Question, hole
from queues.rules import topics
from queues.rules.status import IN_HAND, Status
from queues.rules.topics import Rests
from queues.screens.places import Line, Place, line_of

NEAR = timedelta(days=2)  # some zone may still call that day today
RENEWED_AFTER = timedelta(seconds=10)  # estimates and opening hours move by themselves
READ_AGAIN_AFTER = timedelta(seconds=30)  # whatever its version says
SHORT = 200  # of a line so long the whole costs little more than its front
WANTED_FOR = timedelta(seconds=30)  # a phone that looks will look again
NEXT_SHOWN = 5
CALLS_KEPT = 10
ANNOUNCED = (Kind.CALLED, Kind.RECALLED)
Made = TypeVar("Made")
F = TypeVar("F", bound="Front")
Version = tuple[date, int]  # the service day, and the seq of its last change


class Now(NamedTuple):
    """A department and its clinic as they are, and how far its ledger of today has come."""

    department: Department
    version: Version


@dataclass(frozen=True)
class Call:
    """One announcement: a call, or a call repeated."""

    seq: int
    at: datetime
    label: str
    counter: str


@dataclass(frozen=True)
class Front:
    """What a wall shows: of those who wait, the first few and how many they are."""

    department: Department
    version: Version
    read_at: datetime
    rows_read_at: datetime
    present: tuple[Token, ...]  # called, served or on hold; the latest call first
    following: tuple[str, ...]  # labels
    waiting: int

    @property
    def epoch(self) -> str:
        return self.department.clinic.epoch

    @property
    def rests(self) -> Rests:
        """Of who is called and who is next: it does not move by itself."""
        of_it = topics.of_department(self.department.public_id)
        of_its_clinic = topics.of_clinic(self.department.clinic_id)
        return Rests(frozenset({of_it, of_its_clinic}))

    @property
    def rests_for_now(self) -> Rests:
        """Of how long somebody waits, and whether it is open."""
        return Rests(self.rests.on, self.read_at + RENEWED_AFTER)

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """The last announcements, the latest first; asked for by who announces them."""
        return tuple(_calls(self.department, self.version))

    @cached_property
    def serving(self) -> list[Token]:
        return [token for token in self.present if token.status in IN_HAND]

    def once(self, name: Hashable, make: Callable[[], Made]) -> Made:
        """What is made of this board, made once however many look at it."""
        if name not in self._made:
            self._made[name] = make()
        made: Made = self._made[name]
        return made

    @cached_property
    def _made(self) -> dict[Hashable, Any]:
        return {}


@dataclass(frozen=True)
class Board(Front):
    """And where each of them stands."""

    line: Line
    places: tuple[Place, ...]  # who waits, in the order of their call

    @cached_property
    def by_label(self) -> dict[str, Place | Token]:
        """Where each number stands that is here now."""
        waiting = {place.label: place for place in self.places}
        return {**waiting, **{token.visit.label: token for token in self.present}}


_kept: dict[UUID, Board] = {}
_fronts: dict[UUID, Front] = {}
_wanted: dict[UUID, datetime] = {}  # when somebody last looked at the whole
_reading: defaultdict[UUID, Lock] = defaultdict(Lock)  # one reader a department, not one a look


def forget() -> None:
    """For whoever writes past the ledgers, as a test does."""
    _kept.clear()
    _fronts.clear()
    _wanted.clear()


def newest(department: Department) -> Board:
    """The department as the database has it now, read anew only if something moved."""
    _wanted[department.public_id] = timezone.now()
    return _newest(department, _kept, read)


def front(department: Department) -> Front:
    """The same for who looks only at the front: a long line costs it nothing. Where others look at
    the whole of a short one, that will do."""
    whole, wanted = _kept.get(department.public_id), _wanted.get(department.public_id)
    if whole and wanted and whole.waiting <= SHORT and _age(wanted) < WANTED_FOR:
        return _newest(department, _kept, read)
    return _newest(department, _fronts, read_front)


def _newest(department: Department, kept: dict[UUID, F], anew: Callable[[Department, Now], F]) -> F:
    key = department.public_id
    board, now_is = kept.get(key), _now(department)
    if board and _still_true(board, now_is):
        return board
    with _reading[key]:
        theirs = kept.get(key)  # somebody may have read it while we waited
        if theirs is None or not _still_true(theirs, now_is):
            kept[key] = _renewed(theirs, now_is) or anew(department, now_is)
        return kept[key]


def _still_true(board: Front, now_is: Now) -> bool:
    """Nothing has happened that it does not know, little time has passed, and the hospital was not
    restored from a backup since."""
    is_young = _age(board.read_at) < RENEWED_AFTER
    is_of_this_epoch = board.epoch == now_is.department.clinic.epoch
    return is_young and is_of_this_epoch and board.version >= now_is.version


def _renewed(board: F | None, now_is: Now) -> F | None:
    """The same rows, reckoned anew; none where anything but the time has moved."""
    if (
        board is None
        or board.version != now_is.version
        or _age(board.rows_read_at) >= READ_AGAIN_AFTER
    ):
        return None
    it, now = now_is.department, timezone.now()
    if board.epoch != it.clinic.epoch or board.department.state != it.state:
        return None
    if isinstance(board, Board):
        return replace(board, department=it, read_at=now, places=tuple(board.line.at(it, now)))
    return replace(board, department=it, read_at=now)


def _age(moment: datetime) -> timedelta:
    return timezone.now() - moment


def version_of(department: Department) -> Version | None:
    """How far its ledger of today has come; none where nothing is written in it yet."""
    today = department.clinic.service_day(timezone.now())
    return next((_as_of(page) for page in _near(department) if page.day == today), None)


def _now(department: Department) -> Now:
    """In one question, where anything is written in its ledger."""
    pages = _near(department)
    it = (pages[0].department if pages else None) or _as_it_is(department)
    today = it.clinic.service_day(timezone.now())
    return Now(it, next((_as_of(page) for page in pages if page.day == today), (today, 0)))


def _near(department: Department) -> list[DayBook]:
    """Its last pages, with the department and its clinic as they are."""
    return _pages().all(department=department, near=(timezone.now() - NEAR).date())


def versions(departments: Iterable[UUID]) -> dict[UUID, Version]:
    """The same of many, in one query for all of them."""
    now = timezone.now()
    near = (now - NEAR).date()
    books = DayBook.objects.filter(department__public_id__in=list(departments), day__gte=near)
    return {
        book.department.public_id: _as_of(book)
        for book in books.select_related("department", "clinic")
        if book.department and book.day == book.clinic.service_day(now)
    }


@cache
def _pages() -> Question[DayBook]:
    near = hole("near", DayBook, "day")
    pages = DayBook.objects.filter(department=hole("department", DayBook), day__gte=near)
    return Question(pages, "department__clinic")


def _as_of(page: DayBook) -> Version:
    return page.day, page.seq


def read(department: Department, now_is: Now | None = None) -> Board:
    """Everything anew, in a fixed number of queries."""
    said = _read_without_line(department, now_is)
    line = line_of(said["department"])
    waiting = tuple(line.at(said["department"], said["read_at"]))
    following = tuple(place.label for place in waiting[:NEXT_SHOWN])
    return Board(**said, following=following, waiting=len(waiting), line=line, places=waiting)


def read_front(department: Department, now_is: Now | None = None) -> Front:
    said = _read_without_line(department, now_is)
    labels = _following().all(department=department)
    waiting = len(labels)
    if waiting == NEXT_SHOWN:  # and perhaps more
        counted = _how_many().all(department=department)
        waiting = counted[0][0] if counted else 0
    return Front(**said, following=tuple(label for (label,) in labels), waiting=waiting)


def _read_without_line(department: Department, now_is: Now | None) -> dict[str, Any]:
    """The version first: then what is read may be newer, and never older."""
    now = timezone.now()
    as_it_is, version = now_is or _now(department)
    return {
        "department": as_it_is,
        "version": version,
        "read_at": now,
        "rows_read_at": now,
        "present": tuple(_present().all(department=department)),
    }


def _as_it_is(department: Department) -> Department:
    found = statements.found(Department, {"pk": department.pk}, "clinic")
    if found is None:
        raise Department.DoesNotExist
    return found


@cache
def _following() -> Columns:
    line = Token.objects.filter(department=hole("department", Token), status=Status.WAITING)
    return Columns(line.in_call_order().values_list("visit__label")[:NEXT_SHOWN])


@cache
def _how_many() -> Columns:
    line = Token.objects.waiting_at(hole("department", Token))
    alone = line.order_by().values("department").annotate(size=Count("pk"))
    return Columns(alone.values_list("size"))


@cache
def _present() -> Question[Token]:
    here = Token.objects.filter(
        department=hole("department", Token), status__in=[*IN_HAND, Status.ON_HOLD]
    )
    return Question(here.order_by("-announced_at", "pk"), "visit", "counter")


@cache
def _announced() -> Question[Event]:
    told = Event.objects.filter(
        daybook__department=hole("department", DayBook),
        daybook__day=hole("day", DayBook),
        seq__lte=hole("seq", Event),
        kind__in=ANNOUNCED,
    )
    return Question(told.order_by("-seq")[:CALLS_KEPT])


def _calls(department: Department, version: Version) -> list[Call]:
    """Up to the board's seq: a call after it belongs to the next board. A call that was taken back
    since (undone, or put back) is none."""
    day, seq = version
    events = _announced().all(department=department, day=day, seq=seq)
    subjects = frozenset(event.subject for event in events)
    called = statements.every(Token, {"public_id": subjects}, "visit") if subjects else ()
    tokens = {token.public_id: token for token in called}
    return [
        Call(event.seq, event.at, token.visit.label, event.counter)
        for event in events
        if event.subject and (token := tokens.get(event.subject))
        if token.called_at and event.at >= token.called_at
    ]
