"""A made-up day before it is lived: what a seed draws, and how figures and picture tell a story."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from queues.rules.priority import Priority
from queues.rules.simulation.palette import DARK, LETTERS, LIGHT
from queues.rules.simulation.picture import headline, picture
from queues.rules.simulation.plan import HOUR, MINUTE, DoctorsDay, Person, Plan, Timetable, draw
from queues.rules.simulation.story import Outcome, RoomsTale, Seat, Story, Tale, Why
from queues.rules.simulation.tally import percentile, tally, text

NINE = 9 * HOUR
SVG = "{http://www.w3.org/2000/svg}"


def people(source: Priority, seeds: int = 30) -> list[Person]:
    plans = (draw(seed, 3, Timetable.of(30)) for seed in range(seeds))
    return [one for plan in plans for one in plan.people if one.source is source]


def test_the_same_seed_draws_the_same_day() -> None:
    assert draw(7, 3, Timetable.of(30)) == draw(7, 3, Timetable.of(30))


def test_another_seed_draws_another() -> None:
    assert draw(7, 3, Timetable.of(30)).people != draw(8, 3, Timetable.of(30)).people


def test_everybody_has_their_own_key_in_the_order_in_which_they_turn_up() -> None:
    drawn = draw(7, 3, Timetable.of(30)).people
    assert [one.key for one in drawn] == list(range(1, len(drawn) + 1))
    assert [one.turns_up for one in drawn] == sorted(one.turns_up for one in drawn)


def test_people_come_by_every_way_and_three_emergencies_a_day() -> None:
    plan = draw(7, 3, Timetable.of(30))
    sources = [one.source for one in plan.people]
    assert set(sources) == set(LETTERS)
    assert sources.count(Priority.EMERGENCY) == 3


def test_most_walk_ins_come_in_the_morning() -> None:
    came = [one.turns_up for one in people(Priority.WALK_IN)]
    morning = sum(9 * HOUR <= at < 11 * HOUR for at in came)
    afternoon = sum(14 * HOUR <= at < 16 * HOUR for at in came)
    assert morning > 1.5 * afternoon


def test_some_who_booked_never_come_and_some_think_otherwise() -> None:
    booked = people(Priority.ONLINE)
    assert 0.03 < sum(not one.comes for one in booked) / len(booked) < 0.07
    assert 0.02 < sum(one.cancels is not None for one in booked) / len(booked) < 0.06
    assert 0.02 < sum(one.moves is not None for one in booked) / len(booked) < 0.06


def test_nobody_from_the_street_cancels_moves_or_fails_to_come() -> None:
    for one in people(Priority.WALK_IN) + people(Priority.EMERGENCY):
        assert (one.comes, one.cancels, one.moves) == (True, None, None)


def test_a_consultation_lasts_about_as_long_as_it_was_given() -> None:
    minutes = sorted(one.needs / MINUTE for one in people(Priority.ONLINE))
    assert 7 < minutes[len(minutes) // 2] < 9.5
    assert minutes[-1] > 20


def test_doctors_come_up_to_25_minutes_late() -> None:
    late = [room.late[0] for seed in range(40) for room in draw(seed, 3, Timetable.of(30)).doctors]
    assert 0 <= min(late) < 3 * MINUTE
    assert 18 * MINUTE < max(late) <= 25 * MINUTE


@pytest.mark.parametrize(
    ("minutes", "slots", "capacity", "limit"),
    [(30, 14, 3, 4), (60, 7, 6, 8), (120, 4, 12, 16), (480, 1, 48, 64)],
)
def test_a_slot_takes_one_for_each_ten_minutes_and_a_buffer(
    minutes: int, slots: int, capacity: int, limit: int
) -> None:
    timetable = Timetable.of(minutes)
    assert (len(timetable.slots), timetable.capacity, timetable.hard_limit) == (
        slots,
        capacity,
        limit,
    )
    assert draw(7, 1, timetable).people


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([], 0.5, None),
        ([4], 0.9, 4),
        ([1, 2, 3, 4], 0.5, 2),
        ([10, 1, 9, 2, 8, 3, 7, 4, 6, 5], 0.9, 9),
        (list(range(1, 11)), 0.5, 5),
    ],
)
def test_a_percentile_is_a_value_that_somebody_had(
    values: list[int], share: float, expected: int | None
) -> None:
    assert percentile(values, share) == expected


# A story of five, told by hand


def person(key: int, source: Priority) -> Person:
    return Person(
        key=key,
        source=source,
        doctor=0,
        takes_any=False,
        age=40,
        turns_up=0,
        wants=0,
        insists=False,
        early=0,
        needs=600,
        walks=30,
        comes=True,
        cancels=None,
        moves=None,
        waits=True,
    )


def seen(tale: Tale, came: int, called: int, ended: int) -> Tale:
    tale.arrived, tale.called, tale.started, tale.ended = came, called, called + 30, ended
    tale.outcome = Outcome.SEEN
    return tale


@pytest.fixture
def story() -> Story:
    sources = ("online", "emergency", "walk_in", "walk_in", "paid", "follow_up")
    plan = Plan(
        3,
        Timetable(((NINE, NINE + HOUR),), 30),
        (DoctorsDay("Dr Rao & Sons <1>", (5 * MINUTE,)),),
        tuple(person(key, Priority(source)) for key, source in enumerate(sources, start=1)),
    )
    story = Story.begin(plan)
    online, emergency, first, second, paid, gone = story.tales
    online.seats = [Seat(0, 0, NINE, Why.BOOKED), Seat(NINE, 1, NINE + 30 * MINUTE, Why.DISPLACED)]
    emergency.seats = [Seat(NINE, 0, NINE, Why.BOOKED)]
    first.seats = [Seat(NINE, 0, NINE, Why.BOOKED), Seat(NINE, 1, NINE, Why.MOVED)]
    second.refusal, second.outcome = "slot_full", Outcome.REFUSED
    paid.seats, paid.outcome = [Seat(0, 1, NINE, Why.BOOKED)], Outcome.NO_SHOW
    gone.seats, gone.outcome = [Seat(0, 1, NINE, Why.BOOKED)], Outcome.CANCELLED
    seen(emergency, NINE + 10 * MINUTE, NINE + 12 * MINUTE, NINE + 25 * MINUTE)
    seen(online, NINE + 20 * MINUTE, NINE + 30 * MINUTE, NINE + 40 * MINUTE)
    seen(first, NINE + 8 * MINUTE, NINE + 50 * MINUTE, NINE + 65 * MINUTE)
    story.rooms = [RoomsTale([NINE + 5 * MINUTE], [(NINE, 5), (NINE + 30 * MINUTE, 0)])]
    story.until, story.is_whole = NINE + 65 * MINUTE, True
    return story


def test_the_table_counts_people_and_takes_their_waits_from_the_door(story: Story) -> None:
    rows = {row.name: row for row in tally(story).sources}
    assert (rows["online"].displaced, rows["online"].seen, rows["online"].p50) == (1, 1, 10)
    assert (rows["walk-in"].came, rows["walk-in"].refused, rows["walk-in"].moved) == (2, 1, 1)
    assert (rows["walk-in"].p50, rows["walk-in"].p90) == (42, 42)
    assert (rows["paid"].no_show, rows["paid"].p50) == (1, None)
    assert rows["follow-up"].cancelled == 1


def test_the_last_line_is_all_of_them(story: Story) -> None:
    counted = tally(story)
    for column in ("came", "booked", "displaced", "moved", "refused", "no_show", "seen"):
        assert getattr(counted.total, column) == sum(
            getattr(row, column) for row in counted.sources
        )
    assert counted.total.left_over == 0


def test_a_doctor_is_idle_within_the_hours_and_over_after_them(story: Story) -> None:
    (doctor,) = tally(story).doctors
    assert (doctor.seen, doctor.late, doctor.idle, doctor.over) == (3, 5, 55 - 13 - 10 - 10, 5)


def test_a_day_that_was_broken_off_counts_who_had_asked_and_idles_no_further(story: Story) -> None:
    story.until, story.is_whole = NINE + 40 * MINUTE, False
    story.tales[5].seats, story.tales[5].outcome = [], None
    counted = tally(story)
    assert counted.total.came == 5
    assert counted.doctors[0].idle == 35 - 13 - 10
    assert text(counted).startswith("The day was broken off at 9:40.")
    assert headline(counted).startswith("Broken off at 9:40. 5 people asked for a doctor")


def test_both_tables_are_printed_in_columns(story: Story) -> None:
    printed = text(tally(story)).splitlines()
    heads = [line for line in printed if line.startswith(("source", "doctor"))]
    assert "displaced" in heads[0]
    assert "over-time" in heads[1]
    assert {len(line) for line in printed[2:8]} == {len(printed[0])}


# The picture


def drawn(story: Story) -> ElementTree.Element:
    return ElementTree.fromstring(picture(story, tally(story)))


def test_the_picture_is_the_same_bytes_for_the_same_day(story: Story) -> None:
    assert picture(story, tally(story)) == picture(story, tally(story))


def test_it_stands_by_itself(story: Story) -> None:
    told = picture(story, tally(story)).replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert "http" not in told
    assert "<script" not in told
    assert "@import" not in told


def test_whoever_cannot_see_it_is_told_its_title_and_the_tables_facts(story: Story) -> None:
    root = drawn(story)
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "title facts"
    title, facts = root.findtext(f"{SVG}title") or "", root.findtext(f"{SVG}desc") or ""
    assert "1 doctor, seed 3" in title
    assert "6 people asked for a doctor: 3 seen, 1 cancelled, 1 did not come, 1 refused." in facts
    assert "online: 1 came, 1 booked, 1 displaced" in facts
    assert (
        "Dr Rao & Sons <1>: 3 seen, 5 minutes late, 22 minutes idle, 5 minutes over time." in facts
    )


def test_each_visit_has_its_letter_its_pattern_and_its_words(story: Story) -> None:
    root = drawn(story)
    visits = [rect for rect in root.iter(f"{SVG}rect") if rect.findtext(f"{SVG}title")]
    told = [rect.findtext(f"{SVG}title") for rect in visits if "visit" in rect.get("class", "")]
    assert "emergency: came 9:10, called 9:12 after 2 minutes, left 9:25" in told
    letters = [one.text for one in root.iter(f"{SVG}text") if "letter" in one.get("class", "")]
    assert [letters.count(letter) for letter in "EOW"] == [2, 2, 2]  # with that of the legend
    patterns = {one.get("id") for one in root.iter(f"{SVG}pattern")}
    assert {str(source) for source in LETTERS} <= patterns


def test_who_gave_way_is_an_arrow_and_a_late_doctor_is_marked(story: Story) -> None:
    root = drawn(story)
    hints = [one.text or "" for one in root.iter(f"{SVG}title")]
    assert "online of 9:00 gives way, to 9:30" in hints
    assert "comes 5 minutes late" in hints
    assert "from 9:00 patients are told of 5 minutes" in hints
    assert "emergency 9:10" in [one.text for one in root.iter(f"{SVG}text")]


def test_who_lost_their_place_to_the_waitlist_points_there(story: Story) -> None:
    story.tales[0].seats[1] = Seat(NINE, None, NINE, Why.DISPLACED)
    assert "waitlist" in [one.text for one in drawn(story).iter(f"{SVG}text")]


def test_light_and_dark_have_the_same_colours_by_name() -> None:
    assert LIGHT.keys() == DARK.keys()


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_every_letter_and_word_can_be_read(colours: dict[str, str]) -> None:
    assert contrast(colours["ink"], colours["lane"]) >= 7
    assert contrast(colours["soft"], colours["lane"]) >= 4.5
    assert contrast(colours["late"], colours["late-wash"]) >= 4.5
    assert contrast(colours["emergency"], colours["lane"]) >= 4.5
    assert contrast(colours["emergency-ink"], colours["emergency-wash"]) >= 4.5
    for source in ("paid", "follow_up", "online", "walk_in"):
        assert contrast(colours["ink"], colours[f"{source}-wash"]) >= 7
        assert contrast(colours[source], colours["lane"]) >= 3


def contrast(one: str, other: str) -> float:
    """As WCAG reckons it."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
