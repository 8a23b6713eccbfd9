"""How full the doctors' sessions of a week are: in numbers, and as a picture of bars."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, Q, Sum
from django.utils import timezone
from django.utils.formats import date_format

from queues.models import Clinic, Doctor, Slot
from queues.screens.digits import clock, digits

DAYS = 7
LABEL, COLUMN, ROW, HEAD = 190, 116, 44, 34  # of the picture, in its own units
BAR_FROM, BAR_WIDTH, BAR_HEIGHT = 8, 100, 14


@dataclass
class Load:
    """Places of a session, or of several."""

    booked: int = 0
    capacity: int = 0
    hard_limit: int = 0

    def __add__(self, other: Load) -> Load:
        return Load(
            self.booked + other.booked,
            self.capacity + other.capacity,
            self.hard_limit + other.hard_limit,
        )

    @property
    def buffer(self) -> int:
        return max(self.hard_limit - self.capacity, 0)

    @property
    def over(self) -> int:
        """Emergencies in the buffer."""
        return max(self.booked - self.capacity, 0)

    @property
    def longest(self) -> int:
        return max(self.hard_limit, self.booked)


@dataclass
class Sitting:
    """A session, with its places."""

    key: Any
    doctor: str
    doctor_id: Any
    department: str
    room: str
    day: date
    starts_at: datetime
    ends_at: datetime
    delay_minutes: int
    load: Load


def sittings(
    clinic: Clinic, first: date, last: date, doctor: Doctor | None = None
) -> list[Sitting]:
    """The sessions of these days, in one query."""
    slots = Slot.objects.filter(clinic=clinic, day__gte=first, day__lte=last)
    slots = slots.filter(Q(is_open=True) | Q(booked__gt=0))
    if doctor:
        slots = slots.filter(doctor=doctor)
    rows = slots.order_by("session__starts_at", "doctor__name").values(
        "session__public_id",
        "session__starts_at",
        "session__ends_at",
        "session__delay_minutes",
        "session__department__name",
        "session__room__code",
        "session__room__name",
        "session__day",
        "doctor__name",
        "doctor__public_id",
    )
    summed = rows.annotate(
        all_booked=Sum("booked"),
        places=Sum("capacity", filter=Q(is_open=True)),
        limit=Sum(F("hard_limit"), filter=Q(is_open=True)),
    )
    return [
        Sitting(
            row["session__public_id"],
            row["doctor__name"],
            row["doctor__public_id"],
            row["session__department__name"],
            row["session__room__name"] or row["session__room__code"] or "",
            row["session__day"],
            row["session__starts_at"],
            row["session__ends_at"],
            row["session__delay_minutes"],
            Load(row["all_booked"], row["places"] or 0, row["limit"] or 0),
        )
        for row in summed
    ]


@dataclass
class Bar:
    """A cell of the picture. Whoever reads from right to left sees it mirrored."""

    load: Load
    x: float
    y: float
    booked: float
    over: float
    free: float
    buffer: float
    mirrored: bool

    @property
    def parts(self) -> list[tuple[str, float, float]]:
        """What the bar is made of, each from where and how long."""
        found, at = [], self.x
        for name in ("booked", "over", "free", "buffer"):
            if width := getattr(self, name):
                begins = at if not self.mirrored else _mirrored(at) - width
                found.append((name, round(begins, 2), round(width, 2)))
                at += width
        return found

    @property
    def text_x(self) -> float:
        return _mirrored(self.x) if self.mirrored else self.x

    @property
    def says(self) -> str:
        return digits(f"{self.load.booked}/{self.load.capacity}")


@dataclass
class Line:
    """A row: a doctor, or hours of one doctor."""

    label: str
    y: float
    bars: list[Bar] = field(default_factory=list)


WIDTH = LABEL + COLUMN * DAYS


def _mirrored(x: float) -> float:
    return WIDTH - x


@dataclass
class Picture:
    """The week as bars: one line for each doctor or hours, one column for each day."""

    lines: list[Line]
    days: list[tuple[float, str]]
    label_x: float
    mirrored: bool
    width: int = WIDTH

    @property
    def height(self) -> int:
        return HEAD + ROW * len(self.lines)


def by_doctor(sitting: Sitting) -> str:
    return sitting.doctor


def by_hours(sitting: Sitting) -> str:
    return f"{clock(sitting.starts_at)}–{clock(sitting.ends_at)}"


def picture(
    shown: Sequence[Sitting], first: date, label: Callable[[Sitting], str], *, mirrored: bool
) -> Picture:
    loads: dict[str, dict[date, Load]] = {}
    for one in sorted(shown, key=lambda one: timezone.localtime(one.starts_at).time()):
        days = loads.setdefault(label(one), {})
        days[one.day] = days.get(one.day, Load()) + one.load
    longest = max((load.longest for days in loads.values() for load in days.values()), default=1)
    unit = BAR_WIDTH / max(longest, 1)
    lines = []
    for number, name in enumerate(sorted(loads) if label is by_doctor else loads):
        line = Line(name, HEAD + ROW * number)
        for column in range(DAYS):
            if load := loads[name].get(first + timedelta(days=column)):
                x = LABEL + COLUMN * column + BAR_FROM
                line.bars.append(_bar(load, x, line.y, unit, mirrored))
        lines.append(line)
    return Picture(lines, _heads(first, mirrored), _mirrored(0) if mirrored else 0, mirrored)


def _bar(load: Load, x: float, y: float, unit: float, mirrored: bool) -> Bar:
    return Bar(
        load,
        x,
        y,
        booked=unit * min(load.booked, load.capacity),
        over=unit * load.over,
        free=unit * max(load.capacity - load.booked, 0),
        buffer=unit * max(load.hard_limit - max(load.capacity, load.booked), 0),
        mirrored=mirrored,
    )


def _heads(first: date, mirrored: bool) -> list[tuple[float, str]]:
    heads = []
    for column in range(DAYS):
        x = LABEL + COLUMN * column + BAR_FROM
        day = first + timedelta(days=column)
        heads.append((_mirrored(x) if mirrored else x, date_format(day, "D j M")))
    return heads


def total(shown: Iterable[Sitting]) -> Load:
    return sum((one.load for one in shown), Load())
