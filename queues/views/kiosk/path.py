"""Which questions a patient is asked, and in which order."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Question(StrEnum):
    """One page each; the value is its address."""

    WHO = "who"
    BY = "by"  # what an appointment is found by
    NAME = "name"
    PHONE = "phone"
    BIRTH = "birth"  # the year
    AGE = "age"  # where the year is not known
    CARD = "card"  # the number of a patient, or the code of a visit or an appointment
    APPOINTMENT = "appointment"  # which of today's
    NEED = "need"
    DOCTOR = "doctor"
    ABOUT = "about"  # what we should know


class Who(StrEnum):
    APPOINTMENT = "appointment"
    NEW = "new"
    RETURNING = "returning"
    CARD = "card"


class By(StrEnum):
    CODE = "code"
    PHONE = "phone"


# What says who somebody is that has been here before.
FINDS = frozenset({Question.WHO, Question.BY, Question.PHONE, Question.BIRTH, Question.CARD})


def path(answers: Mapping[str, str], *, has_doctors: bool) -> list[Question]:
    """All the questions of this visit, as far as its answers tell by now."""
    if answers.get(Question.WHO) == Who.APPOINTMENT:
        return [Question.WHO, Question.BY, *_booked_by(answers), Question.APPOINTMENT]
    doctor = [Question.DOCTOR] if has_doctors else []
    return [Question.WHO, *_identity(answers), Question.NEED, *doctor, Question.ABOUT]


def _booked_by(answers: Mapping[str, str]) -> list[Question]:
    if answers.get(Question.BY) == By.CODE:
        return [Question.CARD]
    return [Question.PHONE, Question.BIRTH]


def _identity(answers: Mapping[str, str]) -> list[Question]:
    who = answers.get(Question.WHO)
    if who == Who.CARD:
        return [Question.CARD]
    if who == Who.RETURNING:
        return [Question.PHONE, Question.BIRTH]
    no_year = answers.get(Question.BIRTH) == ""
    return [Question.NAME, Question.PHONE, Question.BIRTH, *([Question.AGE] if no_year else [])]
