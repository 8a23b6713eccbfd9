"""'My appointments', by phone and year of birth."""

from __future__ import annotations

import time

import pytest

from queues.models import Appointment, Doctor, Patient, Slot
from queues.rules.priority import Priority
from queues.tests import agenda
from queues.tests.agenda import booked, waits
from queues.tests.views.book.at_portal import AtPortal, link_of, of
from queues.views.book.mine import signed


@pytest.fixture
def hers(nine: Slot, asha: Patient) -> Appointment:
    return booked(nine, asha).appointment


def asked(portal: AtPortal, patient: Patient, **others: str) -> str:
    given = {"phone": patient.phone, "birth": str(patient.birth_year), **others}
    answer = portal.send("/book/mine/", **given)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def test_what_is_ahead_and_what_is_waited_for(
    portal: AtPortal, hers: Appointment, slots: list[Slot], asha: Patient, rao: Doctor
) -> None:
    for slot in slots[1:]:
        agenda.full(slot)
    entry = waits(asha, doctor=rao)
    address = asked(portal, asha)
    page = portal.text(address)
    assert link_of(hers) in page
    assert link_of(entry) in page
    assert "Asha" not in page
    for personal in (asha.phone, str(asha.birth_year), "Asha", asha.phone[-6:]):
        assert personal not in address


def test_nobody_elses(portal: AtPortal, hers: Appointment, half_past: Slot, ben: Patient) -> None:
    his = booked(half_past, ben).appointment
    page = portal.text(asked(portal, ben))
    assert link_of(his) in page
    assert link_of(hers) not in page


def test_whoever_lost_their_place_finds_it_too(
    portal: AtPortal, hers: Appointment, slots: list[Slot], asha: Patient, ben: Patient
) -> None:
    for slot in slots[1:]:
        agenda.full(slot)
    booked(slots[0], ben, Priority.EMERGENCY)
    page = portal.text(asked(portal, asha))
    assert "First on the waitlist" in page
    assert page.count(link_of(hers)) == 1


def test_of_a_record_that_was_merged(
    portal: AtPortal, hers: Appointment, asha: Patient, ben: Patient
) -> None:
    Patient.objects.filter(pk=asha.pk).update(merged_into=ben)
    assert link_of(hers) in portal.text(asked(portal, ben))


@pytest.mark.parametrize(
    ("wrong", "status"), [({"birth": "86"}, 422), ({"phone": "x"}, 422), ({"birth": "1950"}, 404)]
)
def test_nobody_is_found_and_what_was_typed_stays(
    portal: AtPortal, asha: Patient, wrong: dict[str, str], status: int
) -> None:
    given = {"phone": asha.phone, "birth": str(asha.birth_year), **wrong}
    answer = portal.send("/book/mine/", **given)
    assert answer.status_code == status
    for typed in given.values():
        assert f'value="{typed}"' in answer.content.decode()


def test_the_link_ends(
    portal: AtPortal, hers: Appointment, asha: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = asked(portal, asha)
    # The signature reads the machine's own clock.
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 31 * 60)
    answer = portal.get(address)
    assert answer.status_code == 410
    assert "This link has ended." in answer.content.decode()
    assert portal.send(f"{address}another/")["Location"] == "/book/mine/"


@pytest.mark.parametrize("link", ["x", "x:y:z"])
def test_a_link_that_was_made_up(portal: AtPortal, asha: Patient, link: str) -> None:
    assert portal.get(f"/book/m/{link}/").status_code == 404
    assert portal.get(f"/book/m/{signed(asha)[:-1]}/").status_code == 404


def test_going_on_as_the_same_person(
    portal: AtPortal, hers: Appointment, asha: Patient, slots: list[Slot]
) -> None:
    address = asked(portal, asha)
    assert portal.send(f"{address}another/")["Location"] == "/book/"
    assert "Go on as the same person" in portal.text(of(slots[1]))
    check = portal.text(f"{of(slots[1])}check/")
    assert "For the same person as before." in check
    assert "Asha" not in check


def test_it_is_kept_and_listed_nowhere(portal: AtPortal, asha: Patient) -> None:
    response = portal.get(asked(portal, asha))
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex"


def test_nobody_is_told_to_register_here(portal: AtPortal, rao: Doctor) -> None:
    page = portal.send("/book/mine/", phone="98450 77777", birth="1950")
    assert page.status_code == 404
    assert "We found nobody with these details." in page.content.decode()
    assert "register" not in page.content.decode()
