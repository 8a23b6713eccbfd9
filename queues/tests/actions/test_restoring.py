"""After a restore nobody goes on with what they knew."""

from __future__ import annotations

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from queues.actions.restoring import begin_anew
from queues.models import Clinic, Department, Event, Kind, Patient
from queues.models.clinic import new_epoch
from queues.screens import boards
from queues.tests import cast
from queues.tests.story import waiting

NOW = "2026-11-27T10:42:07+00:00"


def test_every_clinic_gets_one_new_epoch(clinic: Clinic) -> None:
    other = cast.clinic("other")
    before = {clinic.epoch, other.epoch}
    begin_anew(NOW)
    [epoch] = set(Clinic.objects.values_list("epoch", flat=True))
    assert epoch not in before


def test_it_is_told_once_in_each_clinics_ledger(clinic: Clinic) -> None:
    begin_anew(NOW)
    [event] = Event.objects.filter(kind=Kind.RESTORED)
    assert (event.daybook.clinic, event.subject, event.note) == (clinic, clinic.public_id, NOW)
    clinic.refresh_from_db()
    assert event.after == {"epoch": clinic.epoch}


def test_whoever_was_logged_in_is_not_any_more(clinic: Clinic) -> None:
    SessionStore().create()
    assert begin_anew(NOW) == 1
    assert not Session.objects.exists()


def test_a_board_of_before_is_not_shown(clinic: Clinic, opd: Department, asha: Patient) -> None:
    """Not even where the ledger has come just as far again."""
    waiting(asha, opd)
    kept = boards.newest(opd)
    assert boards.newest(opd) is kept
    Clinic.objects.update(epoch=new_epoch())
    here = Department.objects.select_related("clinic").get(pk=opd.pk)
    anew = boards.newest(here)
    assert anew is not kept
    assert anew.version == kept.version
    assert anew.epoch == here.clinic.epoch
