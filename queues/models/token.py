from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from functools import cache, lru_cache, reduce
from operator import and_
from typing import Any, NamedTuple

from django.db import connection, models
from django.db.models import DurationField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.db.models.expressions import RawSQL

from queues.models import statements
from queues.models.appointment import Appointment
from queues.models.clinic import Clinic
from queues.models.counter import Counter
from queues.models.daybook import DayBook
from queues.models.department import Department
from queues.models.doctor import Doctor
from queues.models.public_id import WithPublicId
from queues.models.statements import Columns, Question, hole
from queues.models.visit import Visit
from queues.rules.appointments import AS_THE_TOKEN
from queues.rules.labels import as_said
from queues.rules.priority import Priority
from queues.rules.status import IN_HAND, LIVE, Status
from queues.rules.waiting_time import Waiting

CALL_ORDER = ("band", "rank", "issued_seq")


LINE = """
SELECT COUNT(*), COUNT(doctor_id) + COUNT(assigned_id) + COUNT(appointment_id),
(SELECT COUNT(*) FROM queues_token WHERE department_id = %s AND status = %s
 AND (band > %s OR (band = %s AND (`rank` > %s OR (`rank` = %s AND issued_seq > %s)))))
FROM queues_token WHERE department_id = %s AND status = %s"""


class Line(NamedTuple):
    """All who wait in a department, one of them in view."""

    waiting: int
    bound: int  # for a doctor, a counter or a time of their own
    after: int

    @property
    def position(self) -> int:
        return max(self.waiting - self.after, 1)  # even if somebody called them this very moment


class TokenQuerySet(models.QuerySet["Token"]):
    def live(self) -> TokenQuerySet:
        """By status and not by `live`: that way it is the index of the call order that finds them."""
        return self.filter(status__in=LIVE)

    def labels_held(self, prefix: str, clinic: Clinic) -> list[str]:
        """Labels of a prefix that somebody still waits or is served under."""
        held = self.live().filter(
            department__in=clinic.departments.all(), visit__label__startswith=f"{prefix}-"
        )
        return sorted(set(held.values_list("visit__label", flat=True)))

    def waiting_at(self, department: Department | RawSQL) -> TokenQuerySet:
        return self.filter(department=department, status=Status.WAITING)

    def count_waiting(self, departments: Iterable[Department]) -> dict[int, int]:
        """How many wait in each; a department where nobody does is left out."""
        waiting = self.filter(department__in=departments, status=Status.WAITING).order_by()
        return dict(waiting.values_list("department").annotate(models.Count("pk")))

    def in_call_order(self) -> TokenQuerySet:
        return self.order_by(*CALL_ORDER)

    def fit_for(self, counter: Counter) -> TokenQuerySet:
        """Who the counter could serve: not another doctor's, not in other hands just now."""
        elsewhere = Token.objects.filter(visit=OuterRef("visit"), in_hand=True)
        fit = self.waiting_at(counter.department).filter(
            Q(doctor=None) | Q(doctor=counter.doctor_id), ~Exists(elsewhere)
        )
        return fit if counter.serves is None else fit.filter(priority__in=counter.serves)

    def open_to(self, counter: Counter) -> TokenQuerySet:
        """Who is this counter's to call.

        Whoever was assigned to a counter that has closed since is anybody's.
        """
        return self.fit_for(counter).filter(
            Q(assigned=None) | Q(assigned=counter) | Q(assigned__is_open=False)
        )

    def line_of(self, token: Token) -> Line:
        """How many wait in its department, and how many of them after it: counted along one index,
        from the end where it is shorter."""
        here = (token.department_id, Status.WAITING.value)
        place = (token.band, token.band, token.rank, token.rank, token.issued_seq)
        with connection.cursor() as cursor:
            cursor.execute(LINE, [*here, *place, *here])
            return Line(*cursor.fetchone())

    def ahead_of(self, token: Token) -> TokenQuerySet:
        return self.filter(department=token.department_id, status=Status.WAITING).filter(
            Q(band__lt=token.band)
            | Q(band=token.band, rank__lt=token.rank)
            | Q(band=token.band, rank=token.rank, issued_seq__lt=token.issued_seq)
        )

    def next_for(self, counter: Counter) -> Token | None:
        """Whom the counter would call, with their visit."""
        return _who_is_next(*_as_asked(counter)).first()

    def next_of_others(self, counter: Counter) -> Token | None:
        """Whom a counter would help out with that has nobody of its own left."""
        return _who_is_next(*_as_asked(counter), of_others=True).first()

    def matching(self, text: str) -> TokenQuerySet:
        """Search as a desk types it: a number, a part of a name, a phone."""
        words = (Q(visit__patient__name__says=word) for word in text.split())
        found = Q(visit__label__icontains=text) | Q(visit__patient__number__iexact=text)
        if label := as_said(text):
            found |= Q(visit__label=label)
        found |= reduce(and_, words, Q())
        digits = "".join(character for character in text if character.isdigit()).lstrip("0")
        if len(digits) >= 4:
            found |= Q(visit__patient__phone__contains=digits)
        return self.filter(found)

    def recent_visits(self, department: Department, most: int) -> list[float]:
        """How long the last visits kept their counter, in seconds; of those that were measured."""
        spans = _recent_visits(most).all(department=department)
        return [span.total_seconds() for (span,) in spans if span is not None]


@cache
def _recent_visits(most: int) -> Columns:
    ended = Token.objects.filter(
        department=hole("department", Token),
        status=Status.COMPLETED,
        closed_by_clock=False,
        closed_on_paper=False,
    ).order_by("-ended_at")
    span = ExpressionWrapper(F("ended_at") - F("called_at"), DurationField())
    return Columns(ended.values_list(span)[:most])


def _as_asked(counter: Counter) -> tuple[int, int, int | None, frozenset[str] | None]:
    serves = None if counter.serves is None else frozenset(counter.serves)
    return counter.pk, counter.department_id, counter.doctor_id, serves


@lru_cache(maxsize=1024)
def _who_is_next(
    counter: int,
    department: int,
    doctor: int | None,
    serves: frozenset[str] | None,
    *,
    of_others: bool = False,
) -> Question[Token]:
    """The same question as long as the counter stays the same, and desks ask nothing more often."""
    desk = Counter(pk=counter, department_id=department, doctor_id=doctor, serves=serves)
    everybody = Token.objects
    found = everybody.fit_for(desk) if of_others else everybody.open_to(desk)
    return Question(found.in_call_order(), "visit")


class Token(WithPublicId):
    """One wait in one department, for one doctor or for whoever is free."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="tokens")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="tokens")
    daybook = models.ForeignKey(DayBook, on_delete=models.PROTECT, related_name="tokens")
    doctor = models.ForeignKey(Doctor, on_delete=models.PROTECT, null=True, blank=True)
    appointment = models.ForeignKey(  # that brought them here
        Appointment,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_default=None,
        related_name="tokens",
    )
    previous = models.ForeignKey(  # the stop from which a transfer sent it here
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="followers"
    )
    issued_by = models.UUIDField(null=True)
    issued_seq = models.PositiveBigIntegerField()  # of the event that issued it: settles ties

    # Without database constraints: an UPDATE that sets them would lock the counter's row for
    # sharing, and two calls at one counter would wait for each other. Counters are never deleted.
    counter = models.ForeignKey(
        Counter, on_delete=models.DO_NOTHING, null=True, db_constraint=False, related_name="tokens"
    )
    assigned = models.ForeignKey(
        Counter, on_delete=models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )

    status = models.CharField(max_length=11, default=Status.WAITING)
    live = models.BooleanField(null=True, default=True)  # True or NULL, for the uniques below
    in_hand = models.BooleanField(null=True)  # True or NULL
    priority = models.CharField(max_length=9)
    band = models.PositiveSmallIntegerField()
    rank = models.BigIntegerField()
    recalls = models.PositiveSmallIntegerField(default=0)
    closed_by_clock = models.BooleanField(default=False)
    # Told afterwards, from paper: when and where it was called and ended, nobody measured. Bulk
    # loads that do not know the column leave it out, so the database knows what it is.
    closed_on_paper = models.BooleanField(default=False, db_default=False)

    arrived_at = models.DateTimeField()
    ranked_from = models.DateTimeField()  # the arrival, or that of the first stop, or a penalty
    called_at = models.DateTimeField(null=True)
    announced_at = models.DateTimeField(null=True)  # the call, or the last recall
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    objects = TokenQuerySet.as_manager()

    # What the moves change, and so what their events tell and an undo restores.
    CHANGING = (
        "status",
        "priority",
        "band",
        "rank",
        "ranked_from",
        "counter",
        "assigned",
        "recalls",
        "closed_by_clock",
        "closed_on_paper",
        "called_at",
        "announced_at",
        "started_at",
        "ended_at",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["visit", "department", "live"], name="one_wait_a_department"
            ),
            models.UniqueConstraint(fields=["visit", "in_hand"], name="one_pair_of_hands_a_visit"),
            models.CheckConstraint(
                condition=Q(status__in=list(Status)), name="token_status_is_known"
            ),
        ]
        indexes = [
            # Who is bound to whom stands in it too, so that a long line is counted without its rows.
            models.Index(
                fields=["department", "status", *CALL_ORDER, "doctor", "assigned", "appointment"],
                name="in_line",
            ),
            models.Index(fields=["department", "status", "ended_at"], name="recent_visits"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    def lock(self) -> None:
        """Hold this row until the end of the transaction, and see it as it now is."""
        now = statements.read(Token, {"pk": self.pk}, _LOCKED, hold=True)
        if now is None:
            raise Token.DoesNotExist
        for name, value in now.items():
            setattr(self, name, value)  # a counter that is still the same stays loaded

    def shift(self, comes_from: Collection[Status], *, now: datetime, **changes: Any) -> bool:
        """Change it in one UPDATE; False if it is no longer in one of these states.

        The appointment that brought them here goes along.
        """
        if "status" in changes:
            changes["live"] = True if changes["status"] in LIVE else None
            changes["in_hand"] = True if changes["status"] in IN_HAND else None
        changes["changed_at"] = now
        here = {"pk": self.pk, "status": frozenset(comes_from)}
        if not statements.update(Token, here, **changes):
            return False
        for name, value in changes.items():
            setattr(self, name, value)
        if self.appointment_id and (stage := AS_THE_TOKEN.get(changes.get("status", ""))):
            statements.update(
                Appointment, {"pk": self.appointment_id}, status=stage, changed_at=now
            )
        return True

    def state(self) -> dict[str, Any]:
        """What its next event compares with: plain values and public words, no keys."""
        return {name: _plain(getattr(self, name)) for name in self.CHANGING}

    def as_waiting(self) -> Waiting:
        return Waiting(Priority(self.priority), self.doctor_id, self.assigned_id)

    def waited(self, now: datetime) -> timedelta:
        return (self.called_at or self.ended_at or now) - self.arrived_at


_REFERENCES = ("counter", "assigned")
_LOCKED = (
    "live",
    "in_hand",
    "changed_at",
    *(f"{name}_id" if name in _REFERENCES else name for name in Token.CHANGING),
)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.code if isinstance(value, Counter) else value
