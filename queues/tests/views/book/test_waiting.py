"""The waitlist from the portal, and the page of a place on it."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from queues.actions import rebooking
from queues.actions.clinics import change
from queues.models import Appointment, Clinic, Department, Doctor, Patient, Slot, WaitlistEntry
from queues.rules.appointments import Stage
from queues.rules.links import hashed
from queues.rules.rights import SYSTEM
from queues.tests import agenda
from queues.tests.agenda import assert_slots_agree, booked, waits
from queues.tests.views.book.at_portal import DORA, SECRET, AtPortal, at, link_of

ONCE = "11111111-1111-4111-8111-111111111111"
Status = WaitlistEntry.Status


@pytest.fixture
def taken(slots: list[Slot]) -> list[Appointment]:
    return [one for slot in slots for one in agenda.full(slot)]


@pytest.fixture
def asks_first(clinic: Clinic) -> Clinic:
    return change(clinic, {"offer_minutes": 30}, by=SYSTEM)


def joined(portal: AtPortal, query: str) -> str:
    """Somebody new joins; returns the address of their place."""
    who = portal.get(f"/book/wait/?{query}&go=1")["Location"]
    check = portal.send(who, who="new", **DORA)["Location"]
    answer = portal.send(check, reason="")
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def test_joining_for_a_doctor(portal: AtPortal, rao: Doctor, taken: list[Appointment]) -> None:
    address = joined(portal, f"doctor={rao.public_id}&places=2&times_of_day=morning")
    found = SECRET.fullmatch(address)
    assert found
    entry = WaitlistEntry.objects.get(link_hash=hashed(found[2]))
    assert (entry.doctor, entry.places, entry.times_of_day) == (rao, 2, ["morning"])
    assert entry.source == "online"
    page = portal.text(address)
    for fact in ("You are on the waitlist.", "Dr Rao", "Morning", "Places, together"):
        assert fact in page
    assert "Dora" not in page


def test_joining_for_a_specialty_with_days(
    portal: AtPortal, nine: Slot, taken: list[Appointment]
) -> None:
    joined(portal, f"specialty=Cardiology&clinic=main&earliest={nine.day}&latest={nine.day}")
    entry = WaitlistEntry.objects.get()
    assert entry.clinic
    assert (entry.specialty, entry.clinic.code) == ("cardiology", "main")
    assert (entry.earliest, entry.latest) == (nine.day, nine.day)


def test_joining_for_one_time(portal: AtPortal, nine: Slot, taken: list[Appointment]) -> None:
    assert "9:00" in portal.text(f"/book/wait/?slot={nine.public_id}")
    address = joined(portal, f"slot={nine.public_id}")
    assert WaitlistEntry.objects.get().slot == nine
    assert "9:00" in portal.text(address)


def test_where_a_place_is_free_it_is_theirs_at_once(
    portal: AtPortal, rao: Doctor, nine: Slot
) -> None:
    address = joined(portal, f"doctor={rao.public_id}")
    page = portal.text(address)
    assert "There is a place for you, and it is booked." in page
    assert link_of(Appointment.objects.get()) in page
    assert_slots_agree()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ("places=0", "Please give 1 to 10 places."),
        ("places=many", "Please give 1 to 10 places."),
        ("latest=2020-01-01", "This day is over."),
        ("earliest=soon", "Please choose a day."),
        ("times_of_day=noon", "noon"),
    ],
)
def test_a_wish_that_makes_no_sense_is_said_and_kept(
    portal: AtPortal, rao: Doctor, nine: Slot, wrong: str, sentence: str
) -> None:
    answer = portal.get(f"/book/wait/?doctor={rao.public_id}&{wrong}&go=1")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert str(rao.public_id) in page
    assert portal.get(f"/book/wait/who/?doctor={rao.public_id}&{wrong}")["Location"] == "/book/"


def test_days_in_the_wrong_order(portal: AtPortal, rao: Doctor, nine: Slot) -> None:
    before = nine.day - timedelta(days=1)
    wish = f"doctor={rao.public_id}&earliest={nine.day}&latest={before}&go=1"
    assert (
        "The last day comes before the first." in portal.get(f"/book/wait/?{wish}").content.decode()
    )


@pytest.mark.parametrize(
    "query",
    [
        "",
        "specialty=Astrology",
        "doctor=x",
        "slot=x",
        "doctor=11111111-1111-4111-8111-111111111111",
    ],
)
def test_nothing_to_wait_for(portal: AtPortal, nine: Slot, query: str) -> None:
    for page in ("", "who/", "check/"):
        assert portal.get(f"/book/wait/{page}?{query}").status_code == 404


def test_nothing_personal_is_in_an_address(portal: AtPortal, nine: Slot) -> None:
    who = portal.get("/book/wait/?specialty=Cardiology&go=1")["Location"]
    check = portal.send(who, who="new", **DORA)["Location"]
    assert set(parse_qs(urlsplit(check).query)) == {"specialty", "places"}


def test_not_twice_on_one_waitlist(portal: AtPortal, rao: Doctor, taken: list[Appointment]) -> None:
    joined(portal, f"doctor={rao.public_id}")
    who = portal.get(f"/book/wait/?doctor={rao.public_id}&go=1")["Location"]
    check = portal.send(who, who="known", phone=DORA["phone"], birth=DORA["birth"])["Location"]
    answer = portal.send(check, reason="")
    assert answer.status_code == 409
    assert "You are on this waitlist already." in answer.content.decode()


def test_a_double_tap_joins_once(portal: AtPortal, rao: Doctor, taken: list[Appointment]) -> None:
    who = portal.get(f"/book/wait/?doctor={rao.public_id}&go=1")["Location"]
    check = portal.send(who, who="new", **DORA)["Location"]
    answers = [portal.send(check, once=ONCE, reason="")["Location"] for _tap in range(2)]
    assert answers[0] == answers[1]
    assert WaitlistEntry.objects.count() == 1


# What comes free


def test_what_comes_free_is_booked_and_shown(
    portal: AtPortal, rao: Doctor, taken: list[Appointment], asha: Patient
) -> None:
    entry = waits(asha, doctor=rao)
    rebooking.cancel(taken[1], by=SYSTEM)
    page = portal.text(link_of(entry))
    assert "There is a place for you, and it is booked." in page
    assert "9:30" in page
    assert link_of(Appointment.objects.get(patient=asha)) in page
    assert "Asha" not in page


@pytest.fixture
def offered(
    asks_first: Clinic, rao: Doctor, taken: list[Appointment], asha: Patient
) -> WaitlistEntry:
    entry = waits(asha, doctor=rao)
    rebooking.cancel(taken[0], by=SYSTEM)
    entry.refresh_from_db()
    assert entry.status == Status.OFFERED
    return entry


def test_an_offer_says_until_when(portal: AtPortal, offered: WaitlistEntry) -> None:
    page = portal.text(link_of(offered))
    assert "A place is free for you. Do you take it?" in page
    assert "It is held for you until" in page
    left = int(page.split('data-left="')[1].split('"')[0])
    assert 1790 <= left <= 1800
    held = portal.text(link_of(Appointment.objects.get(waits=offered)))
    assert "This time is held for you." in held
    assert link_of(offered) in held


def test_an_offer_is_taken_once(portal: AtPortal, offered: WaitlistEntry) -> None:
    for _tap in range(2):
        answer = portal.send(f"{link_of(offered)}accept/", once=ONCE)
        assert (answer.status_code, answer["Location"]) == (303, link_of(offered))
    assert Appointment.objects.get(waits=offered).status == Stage.SCHEDULED
    assert "There is a place for you, and it is booked." in portal.text(link_of(offered))


def test_declining_is_asked_twice_and_the_next_is_asked(
    portal: AtPortal, offered: WaitlistEntry, ben: Patient, rao: Doctor
) -> None:
    second = waits(ben, doctor=rao)
    assert "Do you really not want this place?" in portal.text(f"{link_of(offered)}leave/")
    portal.send(f"{link_of(offered)}leave/")
    assert "You have left the waitlist." in portal.text(link_of(offered))
    assert "A place is free for you." in portal.text(link_of(second))
    assert_slots_agree()


def test_too_late_for_the_offer(
    portal: AtPortal, offered: WaitlistEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert offered.offer_ends_at
    at(monkeypatch, offered.offer_ends_at)
    page = portal.text(link_of(offered))
    assert "The time to answer is over." in page
    assert "Yes, I take it" not in page
    answer = portal.send(f"{link_of(offered)}accept/")
    assert answer.status_code == 409
    assert "The time to answer is over." in answer.content.decode()


def test_leaving_is_asked_twice(
    portal: AtPortal, rao: Doctor, taken: list[Appointment], asha: Patient
) -> None:
    link = link_of(waits(asha, doctor=rao))
    assert "Do you really want to leave the waitlist?" in portal.text(f"{link}leave/")
    assert "You are on the waitlist." in portal.text(link)
    portal.send(f"{link}leave/")
    assert "You have left the waitlist." in portal.text(link)
    assert portal.get(f"{link}leave/")["Location"] == link
    assert portal.get(f"{link}accept/")["Location"] == link


def test_it_speaks_another_language(
    portal: AtPortal, rao: Doctor, taken: list[Appointment], asha: Patient
) -> None:
    link = link_of(waits(asha, doctor=rao))
    assert portal.send(f"{link}language/", language="ta")["Location"] == link
    assert '<html lang="ta" dir="ltr">' in AtPortal().text(link)
    assert portal.get(f"{link}language/")["Location"] == link
    assert portal.send(f"{link}language/", language="xx").status_code == 422


def test_a_family_sees_all_its_places(
    portal: AtPortal, rao: Doctor, opd: Department, asha: Patient, nine: Slot
) -> None:
    link = link_of(waits(asha, doctor=rao, places=2))
    page = portal.text(link)
    family = Appointment.objects.exclude(party=None)
    assert len(family) == 2
    for one in family:
        assert link_of(one) in page


def test_the_page_is_kept_and_listed_nowhere(
    portal: AtPortal, rao: Doctor, taken: list[Appointment], asha: Patient
) -> None:
    response = portal.get(link_of(waits(asha, doctor=rao)))
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Robots-Tag"] == "noindex"
    assert response.cookies == {}


@pytest.mark.parametrize("act", ["", "accept/", "leave/"])
def test_a_link_that_is_nobodys(portal: AtPortal, nine: Slot, asha: Patient, act: str) -> None:
    assert portal.get(f"/book/w/{'x' * 43}/{act}").status_code == 404
    one = booked(nine, asha).appointment
    assert portal.get(f"/book/w/{one.secret}/{act}").status_code == 404, "of another kind"
