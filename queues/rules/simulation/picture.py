"""The day as one picture that stands by itself: an SVG with its words, in light and in dark."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from queues.rules.simulation.lane import Lane, Scale
from queues.rules.simulation.palette import LETTERS, patterns, style
from queues.rules.simulation.plan import HOUR, MINUTE
from queues.rules.simulation.story import Story
from queues.rules.simulation.strokes import box, element, line, prose, words
from queues.rules.simulation.tally import BY_SOURCE, SOURCES, DoctorRow, Tally, clock

WIDTH, MARGIN, LEFT = 1440.0, 28.0, 224.0
HEADER, BETWEEN, ROW = 118.0, 12.0, 24.0
COLUMN = 92.0
TIP = (
    '<defs><marker id="tip" viewBox="0 0 10 10" refX="7" refY="5" markerWidth="6.5"'
    ' markerHeight="6.5" orient="auto-start-reverse">'
    '<path d="M0 0L10 5L0 10z" class="arrow-head"/></marker></defs>'
)


def picture(story: Story, counted: Tally) -> str:
    """All of it. Whoever cannot see it is told the same facts by its description."""
    scale = _scale(story)
    lanes = list(_lanes(story, scale))
    floor = lanes[-1].top + lanes[-1].height
    height = floor + 44 + ROW * (len(counted.sources) + 4)
    title = f"A simulated day in outpatients: {_doctors(story)}, seed {story.plan.seed}"
    inside = [
        prose("title", title, id="title"),
        prose("desc", "\n".join(description(counted)), id="facts"),
        style(),
        patterns(),
        TIP,
        box(0, 0, WIDTH, height, "ground"),
        words(MARGIN, 42, title, "title"),
        words(MARGIN, 68, headline(counted), "soft"),
        *(box(MARGIN, lane.top, WIDTH - 2 * MARGIN, lane.height, "lane") for lane in lanes),
        *_hours(story, scale, HEADER - 8, floor),
        *_closed(story, scale, lanes),
        *(
            part
            for lane, row in zip(lanes, counted.doctors, strict=True)
            for part in _of(lane, row)
        ),
        *_legend(floor + 30),
        *_table(counted, floor + 30 + 2 * ROW),
    ]
    whole = element(
        "svg",
        *(f"\n{part}" for part in inside),
        "\n",
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {WIDTH:.0f} {height:.0f}",
        role="img",
        aria_labelledby="title facts",
    )
    return f"{whole}\n"


def headline(counted: Tally) -> str:
    """What a board would want to hear first: what became of all, and how long they waited."""
    of_all, whole = counted.total, counted.broken_off is None
    ends = [
        (of_all.seen, "seen"),
        (of_all.cancelled, "cancelled"),
        (of_all.no_show, "did not come"),
        (of_all.refused, "refused"),
        (of_all.left_over, "still without a place at the end" if whole else "not done yet"),
    ]
    told = ", ".join(f"{count} {what}" for count, what in ends if count)
    waits = (
        f" Half were called within {of_all.p50} minutes of coming, nine in ten within {of_all.p90}."
        if of_all.p50 is not None
        else ""
    )
    off = "" if counted.broken_off is None else f"Broken off at {clock(counted.broken_off)}. "
    return f"{off}{of_all.came} people asked for a doctor: {told}.{waits}"


def description(counted: Tally) -> Iterator[str]:
    """The facts of the tables, in sentences."""
    yield headline(counted)
    for row in counted.sources:
        waits = f"; waits: half {row.p50}, nine in ten {row.p90} minutes" if row.seen else ""
        yield (
            f"{row.name}: {row.came} came, {row.booked} booked, {row.displaced} displaced, "
            f"{row.moved} moved, {row.refused} refused, {row.waitlisted} waitlisted, "
            f"{row.cancelled} cancelled, {row.no_show} did not come, {row.seen} seen{waits}."
        )
    for doctor in counted.doctors:
        yield (
            f"{doctor.name}: {doctor.seen} seen, {doctor.late} minutes late, "
            f"{doctor.idle} minutes idle, {doctor.over} minutes over time."
        )


def _scale(story: Story) -> Scale:
    """From half an hour before the doors open to the last who leaves."""
    timetable = story.plan.timetable
    last = max([timetable.closes, *(tale.ended or 0 for tale in story.tales)]) + 10 * MINUTE
    came = [tale.arrived for tale in story.tales if tale.arrived is not None]
    begins = min([timetable.opens - HOUR // 2, *came])
    room = WIDTH - MARGIN - 10 - LEFT
    return Scale(LEFT, begins, room / ((last - begins) / MINUTE))


def _lanes(story: Story, scale: Scale) -> Iterator[Lane]:
    top = HEADER
    for doctor in range(len(story.plan.doctors)):
        lane = Lane(story, doctor, scale, top)
        yield lane
        top += lane.height + BETWEEN


def _of(lane: Lane, row: DoctorRow) -> Iterator[str]:
    x = MARGIN + 12
    yield words(x, lane.slots_at + 2, row.name, "name")
    for place, told in enumerate(
        (f"{row.seen} seen", f"{row.idle} min idle", f"{row.over} min over")
    ):
        yield words(x, lane.slots_at + 24 + place * 18, told, "soft")
    yield from lane.draw()


def _hours(story: Story, scale: Scale, top: float, floor: float) -> Iterator[str]:
    first = -(-scale.begins // HOUR)
    last = int(scale.begins + (WIDTH - MARGIN - LEFT) / scale.a_minute * MINUTE) // HOUR
    for hour in range(first, last + 1):
        x = scale.x(hour * HOUR)
        yield line(x, top, x, floor, "grid")
        yield words(x, top - 6, clock(hour * HOUR), "hour")


def _closed(story: Story, scale: Scale, lanes: list[Lane]) -> Iterator[str]:
    """The break."""
    sessions = story.plan.timetable.sessions
    for (_starts, ends), (starts_again, _ends) in pairwise(sessions):
        for lane in lanes:
            x, end = scale.x(ends), scale.x(starts_again)
            height = lane.visits_at + 28 - lane.slots_at
            yield box(x, lane.slots_at, end - x, height, "closed")
            yield words((x + end) / 2, lane.slots_at + 15, "break", "middle soft")


def _legend(y: float) -> Iterator[str]:
    """How the lanes are read."""
    told = (
        ("taken", "a place taken"),
        ("free", "free"),
        ("missed", "did not come"),
        ("extra", "beyond capacity, for an emergency"),
    )
    x = MARGIN
    for class_, text in told:
        if class_ == "missed":
            yield element("path", d=f"M{x:.1f} {y - 9:.1f}l9 9m0 -9l-9 9", class_=class_)
        else:
            yield box(x, y - 9, 9, 9, class_)
        yield words(x + 16, y, text, "soft")
        x += 34 + 7.0 * len(text)
    yield element(
        "path",
        d=f"M{x:.1f} {y:.1f}C{x:.1f} {y - 14:.1f} {x + 30:.1f} {y - 14:.1f} {x + 30:.1f} {y - 2:.1f}",
        class_="arrow",
        marker_end="url(#tip)",
    )
    yield words(x + 42, y, "had to give way to somebody more urgent", "soft")
    x += 336
    yield box(x, y - 11, 22, 12, "late")
    yield words(x + 28, y, "doctor not there yet", "soft")
    x += 176
    yield box(x, y - 6, 30, 3, "wait")
    yield words(x + 38, y, "somebody waits", "soft")


def _table(counted: Tally, y: float) -> Iterator[str]:
    """The same figures as the command prints, and what the letters mean."""
    first = MARGIN + 150
    yield words(MARGIN, y, "By source", "strong")
    for column, name in enumerate(BY_SOURCE[1:]):
        yield words(first + (column + 1) * COLUMN, y, name, "head")
    yield line(MARGIN, y + 8, first + 11 * COLUMN, y + 8, "rule")
    for place, (source, row) in enumerate(zip(SOURCES, counted.sources, strict=True), start=1):
        base = y + place * ROW + 4
        yield box(MARGIN, base - 14, 26, 18, f"visit v-{source}")
        yield words(MARGIN + 13, base - 0.5, LETTERS[source], f"letter l-{source}")
        yield from _cells(row.cells(), base, first, "number", MARGIN + 36)
    base = y + (len(counted.sources) + 1) * ROW + 4
    yield line(MARGIN, base - 17, first + 11 * COLUMN, base - 17, "rule")
    yield from _cells(counted.total.cells(), base, first, "number strong", MARGIN + 36)


def _cells(cells: list[str], y: float, first: float, class_: str, name_at: float) -> Iterator[str]:
    yield words(name_at, y, cells[0], class_.replace("number", "first"))
    for column, cell in enumerate(cells[1:]):
        yield words(first + (column + 1) * COLUMN, y, cell, class_)


def _doctors(story: Story) -> str:
    count = len(story.plan.doctors)
    return "1 doctor" if count == 1 else f"{count} doctors"
