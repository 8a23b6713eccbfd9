"""Registering at a desk, finding again, giving a number."""

from __future__ import annotations

from uuid import uuid4

from queues.models import Department, Patient, Token
from queues.rules.priority import Priority
from queues.tests import cast
from queues.tests.views.conftest import Browser

RECEPTION = "/desk/main/OPD/reception/"
NEW = {"name": "Dora Diaz", "phone": "98450 12345", "age": "40", "gender": "female"}


def test_register_and_give_a_number(desk: Browser, opd: Department) -> None:
    response = desk.send(f"{RECEPTION}register/", **NEW)
    token = Token.objects.get()
    assert response["Location"] == f"{RECEPTION}?ticket={token.public_id}"
    page = desk.text(response["Location"])
    assert "A-001" in page
    assert 'class="qr"' in page


def test_a_double_click_registers_once(desk: Browser, opd: Department) -> None:
    key = str(uuid4())
    answers = {desk.send(f"{RECEPTION}register/", once=key, **NEW)["Location"] for _ in range(2)}
    assert len(answers) == 1
    assert (Patient.objects.count(), Token.objects.count()) == (1, 1)


def test_a_refused_form_keeps_what_was_typed(desk: Browser, opd: Department) -> None:
    response = desk.send(f"{RECEPTION}register/", **{**NEW, "age": "abc", "address": "12 Hill"})
    page = response.content.decode()
    assert response.status_code == 422
    for typed in ("Dora Diaz", "98450 12345", "abc", "12 Hill"):
        assert f'value="{typed}"' in page
    assert 'aria-describedby="id_age_error"' in page
    assert 'id="id_age_error"' in page


def test_somebody_known_is_offered_before_a_second_record(desk: Browser, opd: Department) -> None:
    known = cast.patient(opd.clinic, "Dora", phone=NEW["phone"], age=40)
    response = desk.send(f"{RECEPTION}register/", **NEW)
    page = response.content.decode()
    assert response.status_code == 409
    assert known.number in page
    assert 'value="Dora Diaz"' in page
    assert Patient.objects.count() == 1


def test_register_anyway_flags_the_new_record(desk: Browser, opd: Department) -> None:
    cast.patient(opd.clinic, "Dora", phone=NEW["phone"], age=40)
    desk.send(f"{RECEPTION}register/", anyway="yes", **NEW)
    assert Patient.objects.get(name="Dora Diaz").may_be_duplicate
    assert "known twice?" in desk.text("/desk/main/OPD/")


def test_an_unidentified_and_a_phoneless_patient(desk: Browser, opd: Department) -> None:
    desk.send(f"{RECEPTION}register/", unidentified="on", priority="emergency")
    desk.send(f"{RECEPTION}register/", name="Old Tom", age="80")
    assert Patient.objects.filter(is_identified=False).count() == 1
    assert {token.priority for token in Token.objects.all()} == {
        Priority.EMERGENCY,
        Priority.ELDERLY,
    }


def test_find_somebody_and_give_them_a_number(
    desk: Browser, asha: Patient, opd: Department
) -> None:
    assert asha.number in desk.send(RECEPTION, search="ash").content.decode()
    desk.send(f"{RECEPTION}{asha.public_id}/", priority="paid")
    token = Token.objects.get()
    assert (token.visit.patient, token.priority) == (asha, Priority.PAID)


def test_a_search_is_not_asked_for_by_address(
    desk: Browser, asha: Patient, opd: Department
) -> None:
    """Names would stay in the browser's history, and in every log on the way."""
    assert asha.number not in desk.text(f"{RECEPTION}?search=ash")
    assert 'method="get"' not in desk.text(RECEPTION)


def test_who_waits_already_is_told_so(desk: Browser, asha: Patient, opd: Department) -> None:
    desk.send(f"{RECEPTION}{asha.public_id}/")
    response = desk.send(f"{RECEPTION}{asha.public_id}/")
    assert response.status_code == 409
    assert "A-001 waits here already." in response.content.decode()


def test_a_paused_department_registers_nobody_by_halves(desk: Browser, opd: Department) -> None:
    desk.send("/desk/main/OPD/state/", state="paused", reason="Fire drill")
    response = desk.send(f"{RECEPTION}register/", **NEW)
    assert response.status_code == 409
    assert "Fire drill" in response.content.decode()
    assert 'value="Dora Diaz"' in response.content.decode()
    assert not Patient.objects.exists()


def test_a_ticket_that_is_not_one_is_not_shown(desk: Browser, opd: Department) -> None:
    assert "Given just now" not in desk.text(f"{RECEPTION}?ticket=nonsense")
    assert desk.get(f"{RECEPTION}?ticket={uuid4()}").status_code == 404
