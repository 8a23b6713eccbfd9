"""A patient answers question after question by the door, and gets a number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from queues.actions import issuing
from queues.models import Clinic, Counter, DayBook, Department, Doctor, Patient, Token, Visit
from queues.rules.limits import Door, Rate
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM, Role
from queues.tests import cast
from queues.tests.views.at_kiosk import KIOSK, NEW, AtKiosk, stands_at
from queues.tests.views.crowd import everybody_leaves, wait_in


@pytest.fixture
def kiosk(clinic: Clinic) -> AtKiosk:
    return AtKiosk()


@pytest.fixture
def doctor(opd: Department, desk_a: Counter) -> Doctor:
    """Dr Dev, with a room in Outpatients."""
    dev = Doctor.objects.create(name="Dr Dev")
    dev.departments.add(opd)
    Counter.objects.filter(pk=desk_a.pk).update(doctor=dev, name="Room 1")
    return dev


# The language.


def test_each_language_is_offered_in_its_own_script(kiosk: AtKiosk) -> None:
    page = kiosk.text(KIOSK)
    assert 'value="hi" lang="hi" dir="ltr"' in page
    assert 'value="ar" lang="ar" dir="rtl"' in page
    assert "<strong>العربية</strong>" in page
    assert "<strong>தமிழ்</strong>" in page


def test_the_chosen_language_holds_until_the_end_and_no_longer(kiosk: AtKiosk) -> None:
    assert stands_at(kiosk.choose("ar"), "who")
    assert '<html lang="ar" dir="rtl">' in kiosk.ask("who")
    kiosk.go_through(language="ar", **NEW, need="OPD", about="nothing")
    assert '<html lang="ar" dir="rtl">' in kiosk.ask("ticket")
    assert Visit.objects.get().language == "ar"
    kiosk.send(f"{KIOSK}start-again/")
    assert '<html lang="en" dir="ltr">' in kiosk.text(KIOSK)
    assert "django_language" not in kiosk.cookies


def test_a_clinic_of_one_language_asks_for_none(kiosk: AtKiosk, clinic: Clinic) -> None:
    Clinic.objects.filter(pk=clinic.pk).update(languages=["ar"])
    assert stands_at(kiosk.get(KIOSK), "who")
    page = kiosk.ask("who")
    assert 'lang="ar"' in page
    assert "Choose another language" not in page


def test_another_language_keeps_what_was_answered(kiosk: AtKiosk) -> None:
    kiosk.go_through(who="new", name="Dora Diaz")
    kiosk.choose("es")
    assert 'lang="es"' in kiosk.ask("name")
    assert 'value="Dora Diaz"' in kiosk.ask("name")


# Somebody new.


def test_one_question_leads_to_the_next(kiosk: AtKiosk) -> None:
    assert stands_at(kiosk.choose(), "who")
    assert stands_at(kiosk.answer("who", "new"), "name")
    assert stands_at(kiosk.answer("name", "Dora Diaz"), "phone")
    assert stands_at(kiosk.answer("phone", "98450 12345"), "birth")
    assert stands_at(kiosk.answer("birth", "1986"), "need")
    assert stands_at(kiosk.answer("need", "LAB"), "about")
    assert stands_at(kiosk.answer("about", "nothing"), "ticket")
    page = kiosk.ask("ticket")
    assert "L-001" in page
    assert "Laboratory" in page


def test_the_record_says_what_was_answered(kiosk: AtKiosk, clinic: Clinic) -> None:
    kiosk.arrive(language="ta")
    dora = Patient.objects.get()
    today = clinic.service_day()
    assert (dora.name, dora.phone, dora.language) == ("Dora Diaz", "+919845012345", "ta")
    assert (dora.birth_year, dora.age(today), dora.birth_date) == (1986, today.year - 1986, None)
    token = Token.objects.get()
    assert (token.visit.patient, token.priority, token.issued_by) == (dora, "walk_in", None)


def test_somebody_without_a_phone_who_knows_their_age(kiosk: AtKiosk, clinic: Clinic) -> None:
    kiosk.go_through(who="new", name="Dora")
    assert stands_at(kiosk.skip("phone"), "birth")
    assert stands_at(kiosk.skip("birth"), "age")
    assert stands_at(kiosk.answer("age", "70"), "need")
    kiosk.answer("need", "OPD")
    kiosk.answer("about", "nothing")
    dora = Patient.objects.get()
    assert (dora.phone, dora.age(clinic.service_day())) == ("", 70)
    assert Token.objects.get().priority == Priority.ELDERLY  # an old person's age speaks for itself


def test_somebody_who_knows_neither_year_nor_age(kiosk: AtKiosk, clinic: Clinic) -> None:
    kiosk.go_through(who="new", name="Dora", phone="98450 12345")
    kiosk.skip("birth")
    assert stands_at(kiosk.skip("age"), "need")
    kiosk.answer("need", "OPD")
    assert stands_at(kiosk.answer("about", "nothing"), "ticket")
    assert Patient.objects.get().age(clinic.service_day()) is None


@pytest.mark.parametrize("about", ["elderly", "pregnant", "disabled"])
def test_who_should_not_stand_in_line_for_long(kiosk: AtKiosk, about: str) -> None:
    kiosk.arrive(about=about)
    assert Token.objects.get().priority == Priority.ELDERLY


def test_a_kiosk_gives_no_urgency(kiosk: AtKiosk) -> None:
    kiosk.go_through(**NEW, need="OPD")
    assert kiosk.answer("about", "emergency").status_code == 422
    kiosk.answer("about", "nothing", priority="emergency")
    assert Token.objects.get().priority == Priority.WALK_IN


def test_a_second_record_is_left_for_the_staff_to_look_at(kiosk: AtKiosk) -> None:
    kiosk.arrive()
    kiosk.arrive()
    assert [one.may_be_duplicate for one in Patient.objects.order_by("pk")] == [False, True]


def test_progress_is_told(kiosk: AtKiosk) -> None:
    kiosk.go_through(who="new", name="Dora")
    page = kiosk.ask("phone")
    assert "Step 3 of 6" in page
    assert '<progress value="3" max="6"' in page


# Somebody who has been here before.


def test_phone_and_year_of_birth_find_somebody(kiosk: AtKiosk, asha: Patient) -> None:
    year = str(asha.birth_year)
    found = kiosk.go_through(who="returning", phone=asha.phone, birth=year)
    assert stands_at(found, "need")
    kiosk.answer("need", "LAB")
    kiosk.answer("about", "nothing")
    assert Token.objects.get().visit.patient == asha


@pytest.mark.parametrize(
    "typed",
    ["{0}", " {0} ", "{0.lower}", "{0.plain}"],
    ids=["number", "spaces", "small", "no dash"],
)
def test_the_number_on_the_card_finds_somebody(kiosk: AtKiosk, asha: Patient, typed: str) -> None:
    spellings = {
        "{0}": asha.number,
        " {0} ": f" {asha.number} ",
        "{0.lower}": asha.number.lower(),
        "{0.plain}": asha.number.replace("-", ""),
    }
    assert stands_at(kiosk.go_through(who="card", card=spellings[typed]), "need")


@pytest.mark.parametrize("as_address", [True, False])
def test_the_code_of_an_earlier_ticket_finds_somebody(
    kiosk: AtKiosk, asha: Patient, lab: Department, as_address: bool
) -> None:
    visit = issuing.issue(asha, lab, by=SYSTEM).visit
    typed = visit.url if as_address else visit.secret
    assert stands_at(kiosk.go_through(who="card", card=typed), "need")
    kiosk.answer("need", "OPD")
    kiosk.answer("about", "nothing")
    assert Token.objects.get(department__code="OPD").visit == visit
    assert visit.secret not in str(dict(kiosk.session))


def test_whether_a_phone_is_known_is_not_told(kiosk: AtKiosk, asha: Patient) -> None:
    """A known phone under a wrong year gets the words of an unknown one."""

    def told(phone: str) -> str:
        page = kiosk.go_through(who="returning", phone=phone, birth="1950")
        assert page.status_code == 404
        assert "We found nobody with these details." in page.content.decode()
        return re.sub(r'value="[^"]*"', "", page.content.decode())

    assert told(asha.phone) == told("98450 99999")


@pytest.fixture
def _six_guesses(settings: LazySettings) -> Iterator[None]:
    settings.RATES = {**settings.RATES, Door.GUESS: Rate(6, 3600)}
    cache.clear()
    yield
    cache.clear()


@pytest.mark.usefixtures("_six_guesses")
def test_a_year_is_guessed_only_so_often_also_by_staff_and_at_a_machine_that_was_let_in(
    kiosk: AtKiosk, asha: Patient
) -> None:
    kiosk.force_login(cast.user(Clinic.objects.get(), "nadia", Role.NURSE))
    for phone in (asha.phone, "98450 99999"):
        for year in range(6):
            page = kiosk.go_through(who="returning", phone=phone, birth=str(1930 + year))
            assert page.status_code == 404
        page = kiosk.go_through(who="returning", phone=phone, birth=str(asha.birth_year))
        assert "Too many tries." in page.content.decode()


@pytest.mark.usefixtures("_six_guesses")
def test_whoever_finds_themselves_again_and_again_has_not_guessed(
    kiosk: AtKiosk, asha: Patient
) -> None:
    for _time in range(8):
        page = kiosk.go_through(who="returning", phone=asha.phone, birth=str(asha.birth_year))
        assert page.status_code == 302, page.content.decode()
        kiosk.send(f"{KIOSK}start-again/")


def test_who_was_not_found_registers_as_new_and_keeps_what_they_typed(kiosk: AtKiosk) -> None:
    page = kiosk.go_through(who="returning", phone="98450 99999", birth="1990")
    assert "Register as new" in page.content.decode()
    assert stands_at(kiosk.get(f"{KIOSK}need/"), "birth")  # nobody is found, so no further
    assert stands_at(kiosk.answer("who", "new"), "name")
    kiosk.answer("name", "Dora")
    assert 'value="98450 99999"' in kiosk.ask("phone")
    assert 'value="1990"' in kiosk.ask("birth")


def test_several_who_fit_are_sent_to_the_reception(
    kiosk: AtKiosk, asha: Patient, ben: Patient
) -> None:
    Patient.objects.update(phone=asha.phone)
    page = kiosk.go_through(who="returning", phone=asha.phone, birth=str(asha.birth_year))
    assert page.status_code == 409
    assert "Several people fit." in page.content.decode()


def test_who_corrects_their_phone_is_looked_up_anew(
    kiosk: AtKiosk, asha: Patient, ben: Patient
) -> None:
    year = str(asha.birth_year)
    kiosk.go_through(who="returning", phone=asha.phone, birth=year)
    kiosk.answer("phone", ben.phone)
    assert stands_at(kiosk.get(f"{KIOSK}need/"), "birth")
    kiosk.answer("birth", year)
    kiosk.answer("need", "LAB")
    kiosk.answer("about", "nothing")
    assert Token.objects.get().visit.patient == ben


def test_who_waits_already_is_shown_the_number_they_hold(
    kiosk: AtKiosk, asha: Patient, opd: Department
) -> None:
    issuing.issue(asha, opd, by=SYSTEM)
    kiosk.go_through(who="card", card=asha.number, need="OPD")
    assert stands_at(kiosk.answer("about", "nothing"), "ticket")
    page = kiosk.ask("ticket")
    assert "A-001" in page
    assert "You have a number already." in page
    assert Token.objects.count() == 1


# Where to.


def test_each_department_says_how_many_wait_and_how_long(kiosk: AtKiosk, opd: Department) -> None:
    wait_in(opd, 9)
    kiosk.go_through(**NEW)
    page = kiosk.ask("need")
    assert "9 people are waiting." in page
    assert re.search(r"\d+–\d+ min", page)
    assert "Nobody is waiting." in page
    assert "no wait" in page


def test_where_no_counter_is_open_no_time_is_promised(kiosk: AtKiosk, lab: Department) -> None:
    Counter.objects.update(is_open=False)
    kiosk.go_through(**NEW)
    page = kiosk.ask("need")
    assert "No counter is open yet." in page
    assert "About" not in page


CLOSED: dict[str, tuple[dict[str, Any], str]] = {
    "paused": (
        {"state": "paused", "state_reason": "Fire drill"},
        "Outpatients is paused. Fire drill",
    ),
    "closed": ({"state": "closed"}, "Outpatients is closed."),
    "hours": ({"hours": [[0, "00:00", "00:01"]]}, "gives out no numbers at this hour."),
    "last": ({"last_issue": "00:00"}, "The last number of today has been given out."),
    "full": ({"daily_limit": 0}, "All numbers of today have been given out."),
}


@pytest.mark.parametrize("why", CLOSED)
def test_where_no_number_is_given_out_says_why(kiosk: AtKiosk, opd: Department, why: str) -> None:
    settings, sentence = CLOSED[why]
    Department.objects.filter(pk=opd.pk).update(**settings)
    kiosk.go_through(**NEW)
    page = kiosk.ask("need")
    assert sentence in page
    assert 'value="OPD"' not in page
    assert 'value="LAB"' in page
    assert kiosk.answer("need", "OPD").status_code == 422


def test_where_all_is_closed_the_reception_helps(kiosk: AtKiosk) -> None:
    Department.objects.update(state="closed")
    kiosk.go_through(**NEW)
    assert "Nothing is open just now. Please see the reception." in kiosk.ask("need")


def test_a_department_that_closed_meanwhile(kiosk: AtKiosk, opd: Department) -> None:
    kiosk.go_through(**NEW, need="OPD")
    Department.objects.filter(pk=opd.pk).update(state="paused", state_reason="Fire drill")
    response = kiosk.answer("about", "nothing")
    assert response.status_code == 409
    page = response.content.decode()
    assert "Outpatients is paused. Fire drill" in page
    assert "Choose another department" in page
    assert Patient.objects.count() == 0  # the person and the number, both or neither
    kiosk.answer("need", "LAB")
    assert stands_at(kiosk.answer("about", "nothing"), "ticket")


# To whom.


def test_who_wants_a_doctor_waits_for_that_doctor(kiosk: AtKiosk, doctor: Doctor) -> None:
    assert stands_at(kiosk.go_through(**NEW, need="OPD"), "doctor")
    page = kiosk.ask("doctor")
    assert "Dr Dev" in page
    assert "Room 1" in page
    kiosk.answer("doctor", str(doctor.public_id))
    kiosk.answer("about", "nothing")
    assert Token.objects.get().doctor == doctor
    assert "Dr Dev" in kiosk.ask("ticket")


def test_or_for_any(kiosk: AtKiosk, doctor: Doctor) -> None:
    kiosk.go_through(**NEW, need="OPD", doctor="any", about="nothing")
    assert Token.objects.get().doctor is None


def test_nobody_is_asked_where_no_doctor_has_a_room(kiosk: AtKiosk, doctor: Doctor) -> None:
    Counter.objects.filter(doctor=doctor).update(is_open=False)
    assert stands_at(kiosk.go_through(**NEW, need="OPD"), "about")


def test_another_department_forgets_the_doctor(kiosk: AtKiosk, doctor: Doctor) -> None:
    kiosk.go_through(**NEW, need="OPD", doctor=str(doctor.public_id))
    assert stands_at(kiosk.answer("need", "LAB"), "about")
    kiosk.answer("about", "nothing")
    assert (Token.objects.get().department.code, Token.objects.get().doctor) == ("LAB", None)


# Back, wrong, twice.


@pytest.mark.parametrize(
    ("question", "typed"),
    [("name", "..."), ("phone", "12"), ("birth", "19"), ("birth", "2999"), ("age", "200")],
)
def test_what_cannot_be_is_said_and_stays(kiosk: AtKiosk, question: str, typed: str) -> None:
    kiosk.go_through(who="new", name="Dora", phone="98450 12345")
    kiosk.skip("birth")
    response = kiosk.answer(question, typed)
    page = response.content.decode()
    assert response.status_code == 422
    assert f'value="{typed}"' in page
    assert 'role="alert"' in page
    assert 'aria-invalid="true"' in page


def test_back_loses_nothing(kiosk: AtKiosk) -> None:
    kiosk.go_through(**NEW, need="OPD")
    assert f'href="{KIOSK}need/"' in kiosk.ask("about")
    assert re.search(r'value="OPD" aria-current="true"', kiosk.ask("need"))
    assert 'value="1986"' in kiosk.ask("birth")
    assert 'value="98450 12345"' in kiosk.ask("phone")
    assert 'value="Dora Diaz"' in kiosk.ask("name")
    assert re.search(r'value="new" aria-current="true"', kiosk.ask("who"))
    assert f'href="{KIOSK}"' in kiosk.ask("who")


def test_no_question_is_left_out(kiosk: AtKiosk) -> None:
    kiosk.go_through(who="new", name="Dora")
    for later in ("birth", "need", "about"):
        assert stands_at(kiosk.get(f"{KIOSK}{later}/"), "phone")
        assert stands_at(kiosk.answer(later, "x"), "phone")
    assert stands_at(kiosk.get(f"{KIOSK}card/"), "phone")  # not on this way
    assert kiosk.get(f"{KIOSK}nowhere/").status_code == 404


def test_a_double_tap_makes_one_token(kiosk: AtKiosk) -> None:
    """Both taps were on their way before the first was answered: both know the same answers."""
    kiosk.go_through(**NEW, need="OPD")
    key, session = str(uuid4()), dict(kiosk.session)
    for tap in ("nothing", "nothing", "pregnant"):  # the finger slides to another button
        kept = kiosk.session
        kept.clear()
        kept.update(session)
        kept.save()
        response = kiosk.answer("about", tap, once=key)
        assert stands_at(response, "ticket")
        assert "A-001" in kiosk.ask("ticket")
    assert (Patient.objects.count(), Token.objects.count()) == (1, 1)


def test_a_late_second_tap_leads_to_the_ticket(kiosk: AtKiosk) -> None:
    kiosk.arrive()
    assert stands_at(kiosk.answer("about", "nothing"), "ticket")
    assert Token.objects.count() == 1


def test_a_number_needs_a_form_of_ours(kiosk: AtKiosk) -> None:
    kiosk.go_through(**NEW, need="OPD")
    assert kiosk.post(f"{KIOSK}about/", {"answer": "nothing"}).status_code == 400


# What it costs.


@pytest.mark.parametrize("question", ["need", "doctor"])
def test_the_number_of_queries_does_not_grow_with_the_queue(
    kiosk: AtKiosk, opd: Department, doctor: Doctor, question: str
) -> None:
    kiosk.go_through(**NEW, need="OPD")
    wait_in(opd, 5)
    few = _queries(kiosk, question)
    everybody_leaves()
    wait_in(opd, 500)
    assert _queries(kiosk, question) == few


@pytest.mark.parametrize("question", ["who", "name", "phone", "birth", "about"])
def test_a_page_that_only_asks_reads_the_clinic_and_the_session(
    kiosk: AtKiosk, question: str
) -> None:
    kiosk.go_through(**NEW, need="OPD")
    reads = 2  # and what it takes to keep the session
    assert _queries(kiosk, question, "SELECT") <= reads + 1


def _queries(kiosk: AtKiosk, question: str, beginning: str = "") -> int:
    with CaptureQueriesContext(connection) as seen:
        kiosk.ask(question)
    return len([one for one in seen if one["sql"].startswith(beginning)])


def test_today_is_the_day_of_the_numbers(clinic: Clinic, kiosk: AtKiosk) -> None:
    kiosk.arrive()
    book = DayBook.objects.get(department__code="OPD")
    assert book.day == clinic.service_day(timezone.now())
