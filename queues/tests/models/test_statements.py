"""The statements that are built once find what the ORM finds, and cost one question each."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from queues.models import ApiKey, Clinic, Counter, Department, Doctor, Patient, Visit, statements
from queues.models.statements import Columns, Question, hole
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


def test_all_rows_that_are_so(opd: Department, desk_a: Counter, desk_b: Counter) -> None:
    both = frozenset({desk_a.code, desk_b.code})
    found = statements.every(Counter, {"department": opd, "code": both}, "department__clinic")
    assert {counter.pk for counter in found} == {desk_a.pk, desk_b.pk}
    assert not statements.every(Counter, {"department": opd, "code": "nowhere"})


def test_a_question_is_asked_again_with_other_values(
    opd: Department,
    clinic: Clinic,
    desk_a: Counter,
    desk_b: Counter,
    django_assert_num_queries: Counted,
) -> None:
    nowhere = Department.objects.create(clinic=clinic, code="X", name="Empty", prefix="X")
    there = Counter.objects.filter(department=hole("department", Counter)).order_by("code")
    question, codes = Question(there, "department"), Columns(there.values_list("code", "public_id"))
    with django_assert_num_queries(5):
        assert question.first(department=opd) == desk_a
        assert question.all(department=opd) == [desk_a, desk_b]
        assert question.first(department=nowhere.pk) is None
        assert codes.all(department=opd)[0] == (desk_a.code, desk_a.public_id)
        assert codes.all(department=nowhere) == []


def test_a_question_takes_values_as_the_column_keeps_them(desk_a: Counter) -> None:
    named = Question(Counter.objects.filter(public_id=hole("whose", Counter, "public_id")))
    assert named.first(whose=desk_a.public_id) == desk_a
    assert named.first(whose=uuid4()) is None


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
    oldest, of_fifty = ("age_when_registered", here), ("name", {**here, "age_when_registered": 50})
    assert statements.largest(Patient, oldest, of_fifty) == [87, "Asha 50"]
    assert statements.largest(Visit, ("day", {"clinic": clinic})) == [None]
    ages = statements.values(Patient, here, ("age_when_registered", "name"))
    assert sorted(ages) == [(50, "Asha 50"), (61, "Asha 61"), (87, "Asha 87")]
