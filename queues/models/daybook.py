from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import connection, models

from queues.models.clinic import Clinic
from queues.models.department import Department
from queues.rules.chain import BEGINNING
from queues.rules.instants import not_before

Moved = tuple[date, int, int | None, str | None]
# The service day of a clinic is at most so far from the day in Greenwich: by its zone, and by the
# hour at which its day turns.
BEHIND, AHEAD = timedelta(hours=12 + 23), timedelta(hours=14)


class DayBook(models.Model):
    """One service day of one department: the row that is locked when anything in it changes.

    A clinic keeps one more, without department, for all that belongs to no queue.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="day_books")
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, related_name="day_books"
    )
    ledger = models.CharField(max_length=24)  # the department's key, or "clinic": never NULL
    day = models.DateField()
    last_number = models.PositiveIntegerField(default=0)
    issued = models.PositiveIntegerField(default=0)  # tokens, transfers left out
    last_arrival = models.DateTimeField(null=True)
    still_held = models.JSONField(default=list)  # labels carried over from before this day
    seq = models.PositiveBigIntegerField(default=0)
    head = models.CharField(max_length=64, default=BEGINNING)
    # Of its last entry that may have moved a free place of a doctor.
    places_seq = models.PositiveBigIntegerField(default=0, db_default=0)
    # Up to where its head is written down outside of here. It only says what is to be done: whether
    # a head is there, and which, is asked of the files.
    signed_seq = models.PositiveBigIntegerField(default=0, db_default=0)

    MOVES = ("seq", "head", "last_number", "last_arrival", "issued", "places_seq")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "ledger", "day"], name="one_day_book_a_ledger_and_day"
            ),
        ]
        indexes = [  # all of them at once, or one clinic's, without a look at the rows
            models.Index(fields=["day", "clinic", "places_seq"], name="places_moved_on_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.ledger} {self.day}"

    def has_room_for(self, arrived_at: datetime) -> datetime:
        """An arrival that was told afterwards: it keeps its moment, and none after it goes before."""
        self.last_arrival = max(arrived_at, self.last_arrival or arrived_at)
        return arrived_at

    def arrive(self, now: datetime) -> datetime:
        """The moment of an arrival: never before the one written down last."""
        self.last_arrival = not_before(now, self.last_arrival)
        return self.last_arrival


PLACES_MOVED = """
SELECT COALESCE(SUM(places_seq), 0), (SELECT week FROM queues_doctor WHERE id = %s),
(SELECT epoch FROM queues_clinic ORDER BY id LIMIT 1)
FROM queues_daybook WHERE day IN ({days}) {whose}"""
OF_A_CLINIC = "AND clinic_id = %s"
OF_A_DOCTOR = """AND clinic_id IN
(SELECT clinic_id FROM queues_session WHERE doctor_id = %s AND day >= %s)"""


def places_moved(now: datetime, *, clinic: int | None = None, doctor: int | None = None) -> Moved:
    """How far the free places of a clinic, of the clinics of a doctor, or of all have moved: the
    same as before if none of them has, in one question along one index.

    Whatever moves one is written on a page of today, and the numbers of a page only rise. A
    doctor who begins at another clinic has a new week. After a restore all have another epoch.
    """
    first, last = (now - BEHIND).date(), (now + AHEAD).date()
    days = [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]
    whose, named = "", list[int | str]()
    if doctor:
        whose, named = OF_A_DOCTOR, [doctor, days[0]]
    elif clinic:
        whose, named = OF_A_CLINIC, [clinic]
    sql = PLACES_MOVED.format(days=", ".join(["%s"] * len(days)), whose=whose)
    with connection.cursor() as cursor:
        cursor.execute(sql, [doctor, *days, *named])
        places, week, epoch = cursor.fetchone()
    return first, int(places), week, epoch
