"""The day in figures: by source, and by doctor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from queues.rules.priority import Priority
from queues.rules.simulation.plan import HOUR, MINUTE
from queues.rules.simulation.story import Outcome, Story, Tale, Why

SOURCES = (
    Priority.EMERGENCY,
    Priority.PAID,
    Priority.FOLLOW_UP,
    Priority.ONLINE,
    Priority.WALK_IN,
)
BY_SOURCE = (
    "source",
    "came",
    "booked",
    "displaced",
    "moved",
    "refused",
    "waitlisted",
    "cancelled",
    "no-show",
    "seen",
    "wait p50",
    "wait p90",
)
BY_DOCTOR = ("doctor", "seen", "late", "idle", "over-time")


@dataclass(frozen=True)
class SourceRow:
    """What became of those who came by one way; all but the waits count people."""

    name: str
    came: int  # asked for a place, in one way or the other
    booked: int  # got one, sooner or later
    displaced: int
    moved: int
    refused: int
    waitlisted: int  # ever waited for a place to come free
    cancelled: int
    no_show: int
    seen: int
    p50: int | None  # minutes from the door to the call
    p90: int | None

    @property
    def left_over(self) -> int:
        """On the waitlist to the end; where a day was broken off, whoever was not done yet."""
        return self.came - self.refused - self.cancelled - self.no_show - self.seen

    def cells(self) -> list[str]:
        counts = (self.came, self.booked, self.displaced, self.moved, self.refused)
        ends = (self.waitlisted, self.cancelled, self.no_show, self.seen)
        return [self.name, *map(str, (*counts, *ends)), _minutes(self.p50), _minutes(self.p90)]


@dataclass(frozen=True)
class DoctorRow:
    name: str
    seen: int
    late: int  # minutes, at the first session
    idle: int  # minutes in the room, within the hours, with nobody there
    over: int  # minutes after the end of the hours

    def cells(self) -> list[str]:
        return [self.name, str(self.seen), *map(_minutes, (self.late, self.idle, self.over))]


@dataclass(frozen=True)
class Tally:
    sources: tuple[SourceRow, ...]
    total: SourceRow
    doctors: tuple[DoctorRow, ...]
    broken_off: int | None = None  # at which moment, if it was


def tally(story: Story) -> Tally:
    rows = tuple(
        _row(spoken(source), [tale for tale in story.tales if tale.person.source is source])
        for source in SOURCES
    )
    doctors = tuple(_doctor(story, i) for i in range(len(story.plan.doctors)))
    broken_off = None if story.is_whole else story.until
    return Tally(rows, _row("all", story.tales), doctors, broken_off)


def spoken(source: Priority) -> str:
    return {Priority.WALK_IN: "walk-in", Priority.FOLLOW_UP: "follow-up"}.get(source, str(source))


def percentile(values: Sequence[int], share: float) -> int | None:
    """The nearest rank: a value that somebody really had."""
    if not values:
        return None
    rank = -(-len(values) * share // 1)  # rounded up
    return sorted(values)[max(int(rank), 1) - 1]


def text(counted: Tally) -> str:
    """Both tables, as they are printed at the end."""
    by_source = [row.cells() for row in (*counted.sources, counted.total)]
    by_doctor = [row.cells() for row in counted.doctors]
    tables = [*_aligned(BY_SOURCE, by_source), "", *_aligned(BY_DOCTOR, by_doctor)]
    if counted.broken_off is not None:
        tables.insert(0, f"The day was broken off at {clock(counted.broken_off)}.")
    return "\n".join(tables)


def clock(moment: int) -> str:
    return f"{moment // HOUR}:{moment // MINUTE % 60:02}"


def _row(name: str, tales: Sequence[Tale]) -> SourceRow:
    ends = [tale.outcome for tale in tales]
    waits = [tale.waited for tale in tales if tale.waited is not None]
    p50, p90 = percentile(waits, 0.5), percentile(waits, 0.9)
    return SourceRow(
        name,
        came=_how_many(tale for tale in tales if tale.has_asked),
        booked=_how_many(tale for tale in tales if any(s.slot is not None for s in tale.seats)),
        displaced=_how_many(tale for tale in tales if tale.count(Why.DISPLACED)),
        moved=_how_many(tale for tale in tales if tale.count(Why.MOVED)),
        refused=ends.count(Outcome.REFUSED),
        waitlisted=_how_many(tale for tale in tales if tale.waited_for_a_place),
        cancelled=ends.count(Outcome.CANCELLED),
        no_show=ends.count(Outcome.NO_SHOW),
        seen=ends.count(Outcome.SEEN),
        p50=None if p50 is None else round(p50 / MINUTE),
        p90=None if p90 is None else round(p90 / MINUTE),
    )


def _doctor(story: Story, doctor: int) -> DoctorRow:
    timetable, room = story.plan.timetable, story.rooms[doctor]
    seen = [t for t in story.of_doctor(doctor) if t.started is not None and t.ended is not None]
    busy = [(tale.called or 0, tale.ended or 0) for tale in seen]
    idle = sum(
        _unfilled(max(starts, came), min(ends, max(story.until, came)), busy)
        for (starts, ends), came in zip(timetable.sessions, room.came, strict=False)
    )
    last = max((ended for _called, ended in busy), default=0)
    late = room.came[0] - timetable.opens if room.came else 0
    return DoctorRow(
        story.plan.doctors[doctor].name,
        seen=len(seen),
        late=round(late / MINUTE),
        idle=round(idle / MINUTE),
        over=round(max(last - timetable.closes, 0) / MINUTE),
    )


def _unfilled(starts: int, ends: int, busy: Iterable[tuple[int, int]]) -> int:
    """Seconds of a stretch in which nobody was there; those who were, were there one by one."""
    filled = (max(min(end, ends) - max(begin, starts), 0) for begin, end in busy)
    return max(ends - starts, 0) - sum(filled)


def _how_many(tales: Iterable[Tale]) -> int:
    return sum(1 for _tale in tales)


def _minutes(value: int | None) -> str:
    return "–" if value is None else f"{value} min"


def _aligned(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[n]) for row in (head, *rows)) for n in range(len(head))]
    rule = "  ".join("-" * width for width in widths)
    first, *others = (_line(row, widths) for row in (head, *rows))
    return [first, rule, *others]


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
    return "  ".join((row[0].ljust(widths[0]), *cells)).rstrip()
