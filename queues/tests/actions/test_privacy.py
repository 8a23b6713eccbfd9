"""A patient's data: handed out whole, and taken out of the house without a rest."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.test import Client

from queues.actions import consultations, heads, patients, privacy, tokens, waitlists
from queues.actions.refusals import Anonymised, MergedAway, NotThere, PatientInactive, StillExpected
from queues.actions.undoing import undo
from queues.models import (
    Appointment,
    Clinic,
    Consultation,
    DayBook,
    Department,
    Event,
    FormerRecord,
    KeptAnswer,
    Kind,
    Notice,
    Patient,
    Token,
    Visit,
)
from queues.models.public_id import WithPublicId
from queues.rules.rights import SYSTEM, Actor
from queues.screens import proof
from queues.tests import agenda, cast
from queues.tests.a_life import BORN, FORMER_NAME, ILLNESS, NAME, PHONE, WORDS, Life, lived
from queues.tests.story import refused, waiting, written
from queues.tests.whole_database import where_written


@pytest.fixture
def life(clinic: Clinic, opd: Department) -> Life:
    return lived(clinic, opd)


@pytest.fixture
def admin(clinic: Clinic) -> Actor:
    return cast.staff(clinic)


def test_before_it_is_all_over_the_house(life: Life) -> None:
    """Else the search below would prove nothing."""
    assert where_written(*WORDS) == {
        "queues_patient",
        "queues_formerrecord",
        "queues_appointment",
        "queues_waitlistentry",
        "queues_consultation",
        "queues_addendum",
        "queues_event",
        "queues_keptanswer",
    }
    assert where_written(life.patient.number) == {"queues_patient", "queues_keptanswer"}


def test_afterwards_it_is_nowhere(life: Life, clinic: Clinic, admin: Actor) -> None:
    numbers = [life.patient.number, life.merged.number]
    privacy.anonymise(life.patient, clinic, by=admin)
    assert where_written(*WORDS, *numbers) == set()
    public_id = life.patient.public_id
    assert where_written(str(public_id), public_id.hex) == {"queues_patient", "queues_event"}


def test_what_tells_nobodys_story_stays(life: Life, clinic: Clinic, admin: Actor) -> None:
    def counted() -> list[int]:
        tables = (Token, Visit, Appointment, Consultation, Patient, DayBook)
        return [table._default_manager.count() for table in tables]

    before, events = counted(), Event.objects.count()
    privacy.anonymise(life.patient, clinic, by=admin)
    assert counted() == before
    assert Event.objects.count() == events + 1
    assert not FormerRecord.objects.exists()
    assert not Notice.objects.filter(patient=life.patient).exists()


def test_it_is_one_event_which_names_nobody(life: Life, clinic: Clinic, admin: Actor) -> None:
    with written() as events:
        privacy.anonymise(life.patient, clinic, by=admin)
    (told,) = events
    assert (told.kind, told.subject) == (Kind.RECORD_ANONYMISED, life.patient.public_id)
    assert told.after == {"merged": [str(life.merged.public_id)]}
    assert told.daybook.department is None


def test_the_history_is_whole_afterwards(life: Life, clinic: Clinic, admin: Actor) -> None:
    heads.sign_heads()
    noted = Event.objects.exclude(note="").count()
    privacy.anonymise(life.patient, clinic, by=admin)
    assert Event.objects.exclude(note="").count() < noted
    assert list(proof.breaks(proof.Tally())) == []


def test_the_record_is_a_number_and_out_of_use(life: Life, clinic: Clinic, admin: Actor) -> None:
    now = privacy.anonymise(life.patient, clinic, by=admin)
    assert now.name == now.number != life.patient.number
    assert (now.is_active, now.phone, now.birth_year, now.address) == (False, "", None, "")
    assert now.anonymised_at
    assert refused(lambda: waiting(now, clinic.departments.all()[0]), PatientInactive)


def opened(links: list[str]) -> list[int]:
    return [Client().get(link).status_code for link in links]


def test_its_links_lead_nowhere(life: Life, clinic: Clinic, admin: Actor) -> None:
    assert opened(life.links) == [200, 200, 200]
    privacy.anonymise(life.patient, clinic, by=admin)
    assert opened(life.links) == [404, 404, 404]
    assert opened(life.as_it_now_is().links) == [404, 404, 404], "and no other is made for them"


def test_nobody_finds_them_at_the_kiosk(life: Life, clinic: Clinic, admin: Actor) -> None:
    code = life.visit.secret
    assert patients.find_by_card(code) == life.patient
    privacy.anonymise(life.patient, clinic, by=admin)
    for card in (code, life.patient.number):
        with pytest.raises(NotThere):
            patients.find_by_card(card)
    with pytest.raises(NotThere):
        patients.find_returning({"number": "", "phone": PHONE, "birth_year": 1961})


def test_others_are_left_alone(
    life: Life, clinic: Clinic, opd: Department, ben: Patient, admin: Actor
) -> None:
    link = f"/t/{waiting(ben, opd).visit.secret}/"
    KeptAnswer.objects.create(owner="o", key="k", fingerprint="f", body={"id": str(ben.public_id)})
    privacy.anonymise(life.patient, clinic, by=admin)
    assert Patient.objects.get(pk=ben.pk).name == "Ben"
    assert Client().get(link).status_code == 200
    assert KeptAnswer.objects.get(key="k").body == {"id": str(ben.public_id)}


def test_the_codes_of_the_house_in_its_notes_stay(
    clinic: Clinic, opd: Department, asha: Patient, admin: Actor
) -> None:
    token = tokens.hold(waiting(asha, opd), by=admin, note="her son comes")
    tokens.cancel(undo(token, by=admin), by=admin)
    privacy.anonymise(asha, clinic, by=admin)
    notes = Event.objects.filter(subject=token.public_id).order_by("seq")
    assert list(notes.values_list("kind", "note")) == [
        ("issued", ""),
        ("held", ""),
        ("undone", "held"),
        ("cancelled", ""),
    ]


def test_a_second_time_nothing_happens(life: Life, clinic: Clinic, admin: Actor) -> None:
    once = privacy.anonymise(life.patient, clinic, by=admin)
    with written() as events:
        assert privacy.anonymise(life.patient, clinic, by=admin).number == once.number
    assert events == []


# Who is not forgotten yet


def still_expected(patient: Patient, clinic: Clinic) -> str:
    return refused(lambda: privacy.anonymise(patient, clinic, by=SYSTEM), StillExpected).sentence


def test_not_while_they_wait(asha: Patient, clinic: Clinic, opd: Department, admin: Actor) -> None:
    token = waiting(asha, opd)
    assert "in a queue" in still_expected(asha, clinic)
    tokens.cancel(token, by=admin)
    privacy.anonymise(asha, clinic, by=admin)


def test_not_with_an_appointment_ahead(asha: Patient, clinic: Clinic, opd: Department) -> None:
    (slot,) = agenda.slots(agenda.doctor(opd), opd, agenda.tomorrow(clinic))
    agenda.booked(slot, asha)
    assert "an appointment" in still_expected(asha, clinic)


def test_not_on_a_waitlist(
    asha: Patient, ben: Patient, clinic: Clinic, opd: Department, admin: Actor
) -> None:
    (slot,) = agenda.slots(agenda.doctor(opd), opd, agenda.tomorrow(clinic))
    agenda.booked(slot, ben)
    entry = agenda.waits(asha, slot=slot)
    assert "waitlist" in still_expected(asha, clinic)
    waitlists.leave(entry, by=admin)
    privacy.anonymise(asha, clinic, by=admin)


def test_not_a_part_of_another_record(life: Life, clinic: Clinic, admin: Actor) -> None:
    refused(lambda: privacy.anonymise(life.merged, clinic, by=admin), MergedAway)


# What is not written any more


def test_nothing_is_written_about_nobody(
    life: Life, clinic: Clinic, asha: Patient, admin: Actor
) -> None:
    now = privacy.anonymise(life.patient, clinic, by=admin)
    kept = Consultation.objects.get(patient=life.patient)
    for act in (
        lambda: patients.correct(now, clinic, {"name": "Zenobia"}, by=admin),
        lambda: patients.set_active(now, clinic, True, by=admin),
        lambda: patients.merge(now, asha, clinic, by=admin),
        lambda: patients.merge(asha, now, clinic, by=admin),
        lambda: consultations.add(kept, "one more thing", by=SYSTEM),
    ):
        refused(act, Anonymised)


def test_a_window_that_is_still_open_saves_nothing(
    clinic: Clinic, opd: Department, asha: Patient, admin: Actor
) -> None:
    (slot,) = agenda.slots(agenda.doctor(opd), opd, agenda.tomorrow(clinic))
    draft = consultations.start(agenda.booked(slot, asha).appointment, by=SYSTEM)
    consultations.write(draft, {"notes": "half a"}, by=SYSTEM)
    Appointment.objects.update(status="cancelled")
    privacy.anonymise(asha, clinic, by=admin)
    refused(lambda: consultations.write(draft, {"notes": "half a sentence"}, by=SYSTEM))
    kept = Consultation.objects.get()
    assert (kept.status, kept.notes, kept.prescription) == ("completed", "", [])


# What is handed out


def test_all_that_is_held_is_handed_out(life: Life, clinic: Clinic, admin: Actor) -> None:
    told = privacy.hand_out(life.patient, clinic, by=admin)
    text = str(told)
    assert not [word for word in (NAME, FORMER_NAME, PHONE, ILLNESS, BORN) if word not in text]
    counts = {name: len(rows) for name, rows in told.items() if name != "exported_at"}
    assert counts == {
        "records": 2,
        "corrections": 1,
        "visits": 1,
        "tokens": 1,
        "appointments": 2,
        "waitlist": 1,
        "consultations": 1,
        "addenda": 1,
        "notices": 1,
        "events": Event.objects.filter(subject__in=_subjects(life)).count(),
    }
    assert told["corrections"][0]["values"]["name"] == FORMER_NAME
    assert told["tokens"][0]["visit"] == told["visits"][0]["id"]
    assert told["consultations"][0]["prescription"][0]["medicine"] == f"for {ILLNESS}"
    assert told["events"][-1]["kind"] == Kind.RECORD_EXPORTED


def _subjects(life: Life) -> list[UUID]:
    rows: tuple[WithPublicId, ...] = (
        life.patient,
        life.merged,
        *Visit.objects.filter(patient=life.patient),
    )
    rows += (*Token.objects.filter(visit__patient=life.patient),)
    rows += (*Appointment.objects.filter(patient=life.patient), life.entry)
    rows += (*Consultation.objects.filter(patient=life.patient),)
    return [row.public_id for row in rows]


def test_no_secret_and_nobody_else_is_handed_out(
    life: Life, clinic: Clinic, opd: Department, ben: Patient, admin: Actor
) -> None:
    waiting(ben, opd)
    text = str(privacy.hand_out(life.patient, clinic, by=admin))
    for secret in (life.visit.secret, life.visit.nonce, life.visit.link_hash, "Ben", ben.phone):
        assert secret not in text


def test_of_the_anonymised_nothing_is_left_to_hand_out(
    life: Life, clinic: Clinic, admin: Actor
) -> None:
    now = privacy.anonymise(life.patient, clinic, by=admin)
    text = str(privacy.hand_out(now, clinic, by=admin)).casefold()
    assert not [word for word in WORDS if word.casefold() in text]


def test_that_it_was_handed_out_is_told(life: Life, clinic: Clinic, admin: Actor) -> None:
    with written() as events:
        privacy.hand_out(life.patient, clinic, by=admin)
    assert [(one.kind, one.subject, one.after) for one in events] == [
        (Kind.RECORD_EXPORTED, life.patient.public_id, {})
    ]
