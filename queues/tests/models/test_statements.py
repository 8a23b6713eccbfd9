"""The statements that are built once find what the ORM finds, and cost one question each."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from queues.models import ApiKey, Clinic, Counter, Department, Doctor, Patient, Visit, statements
from queues.rules.rights import Role
from queues.tests import cast

Counted = Any  # pytest-django's django_assert_num_queries


def test_a_row_comes_with_all_that_it_refers_to(
    desk_a: Counter, django_assert_num_queries: Counted
) -> None:
    with django_assert_num_queries(1):
        found = statements.found(Counter, {"pk": desk_a.pk}, "department__clinic")
        assert found
        assert found.department.clinic.zone
    known = Counter.objects.select_related("department__clinic").get(pk=desk_a.pk)
    for mine, theirs in (
        (found, known),
        (found.department, known.department),
        (found.department.clinic, known.department.clinic),
    ):
        for field in type(mine)._meta.concrete_fields:
            assert getattr(mine, field.attname) == getattr(theirs, field.attname)


def test_a_row_that_refers_to_nothing_has_none(desk_a: Counter) -> None:
    found = statements.found(Counter, {"pk": desk_a.pk}, "doctor", "current__visit")
    assert found
    assert (found.doctor, found.current) == (None, None)


def test_a_saved_row_stays_the_same_row(desk_a: Counter) -> None:
    found = statements.found(Counter, {"pk": desk_a.pk})
    assert found
    found.name = "Room 7"
    found.save()
    assert Counter.objects.get(pk=desk_a.pk).name == "Room 7"


def test_a_row_that_is_not_so_is_not_found(opd: Department, lab: Department) -> None:
    assert statements.found(Department, {"code": "OPD", "clinic": opd.clinic}) == opd
    assert statements.found(Department, {"code": "OPD", "pk": lab.pk}) is None
    assert statements.found(Doctor, {"public_id": uuid4()}) is None


def test_nothing_is_a_value_too(clinic: Clinic) -> None:
    cast.key(clinic, Role.KIOSK)
    assert statements.found(ApiKey, {"clinic": clinic, "revoked_at": None})
    ApiKey.objects.update(revoked_at=ApiKey.objects.get().created_at)
    assert statements.found(ApiKey, {"clinic": clinic, "revoked_at": None}) is None


def test_the_largest_of_some(clinic: Clinic) -> None:
    for age in (61, 87, 50):
        cast.patient(clinic, f"Asha {age}", age=age)
    here = {"registered_at": clinic}
    assert statements.largest(Patient, "age_when_registered", here) == 87
    assert statements.largest(Visit, "day", {"clinic": clinic}) is None
    ages = statements.values(Patient, here, ("age_when_registered", "name"))
    assert sorted(ages) == [(50, "Asha 50"), (61, "Asha 61"), (87, "Asha 87")]
