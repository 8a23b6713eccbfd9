"""Many clinics with a fortnight of doctors' time, partly booked; a million slots in a minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import cycle
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone

from bench._hospital import Hospital
from queues.models import Clinic, Department, Doctor, Session

ZONES = ("Asia/Kolkata", "Asia/Kolkata", "Asia/Dubai", "Europe/London")
SPECIALTIES = (
    "Cardiology",
    "Dermatology",
    "Ear, nose and throat",
    "Eyes",
    "General medicine",
    "Gynaecology",
    "Neurology",
    "Orthopaedics",
    "Paediatrics",
    "Surgery",
)
LANGUAGES = (["en"], ["en", "hi"], ["en", "ta"], ["hi"], ["ar", "en"])
OPENS, SLOTS, MINUTES = time(9), 18, 30  # from nine to six
# The nearer the day, the fuller it is; no chance is involved, so that every run searches the same.
TAKEN = [97, 94, 90, 86, 82, 78, 74, 70, 66, 62, 58, 54, 50, 46]  # per cent, day by day

# One slot for each half an hour of each session. What is taken lies scattered, as in life.
NEW_SLOTS = """
INSERT INTO queues_slot (public_id, session_id, doctor_id, clinic_id, specialty, day, starts_at,
                         ends_at, capacity, hard_limit, booked, is_open, is_free)
SELECT INSERT(INSERT(MD5(CONCAT(t.id, '/', n.seq)), 13, 1, '4'), 17, 1, '8'), t.id, t.doctor_id, t.clinic_id, LOWER(d.specialty), t.day,
       t.starts_at + INTERVAL n.seq * {minutes} MINUTE,
       t.starts_at + INTERVAL (n.seq + 1) * {minutes} MINUTE,
       1, 1, CRC32(CONCAT(t.id, ':', n.seq)) % 100 < x.taken, 1,
       CRC32(CONCAT(t.id, ':', n.seq)) % 100 >= x.taken
FROM queues_session t
JOIN queues_doctor d ON d.id = t.doctor_id
JOIN ({taken}) x ON x.ahead = DATEDIFF(t.day, %s)
JOIN seq_0_to_{last} n
WHERE t.clinic_id = %s
ORDER BY t.id, n.seq
"""


def fill_clinics(hospital: Hospital, *, clinics: int, doctors: int, days: int) -> int:
    """So many clinics, doctors at each, and days; returns how many slots that makes."""
    hospital.enter()
    today = timezone.now().date()
    zones, specialties, languages = cycle(ZONES), cycle(SPECIALTIES), cycle(LANGUAGES)
    for number in range(clinics):
        clinic = Clinic.objects.create(
            code=f"c{number:03}", name=f"Clinic {number:03}", time_zone=next(zones)
        )
        opd = Department.objects.create(clinic=clinic, code="OPD", name="Outpatients", prefix="A")
        people = Doctor.objects.bulk_create(
            Doctor(
                code=f"D{number:03}-{n:02}",
                name=f"Dr {_name(number, n)}",
                specialty=next(specialties),
                languages=next(languages),
            )
            for n in range(doctors)
        )
        known = list(Doctor.objects.filter(code__startswith=f"D{number:03}-").order_by("pk"))
        assert len(known) == len(people)
        opd.doctors.add(*known)
        Session.objects.bulk_create(
            _session(opd, doctor, today + timedelta(days=ahead))
            for doctor in known
            for ahead in range(days)
        )
        _cut(clinic, today)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE TABLE queues_slot, queues_doctor, queues_session")
        cursor.fetchall()
        cursor.execute("SELECT COUNT(*) FROM queues_slot")
        return int(cursor.fetchone()[0])


def _session(department: Department, doctor: Doctor, day: date) -> Session:
    zone = ZoneInfo(department.clinic.time_zone)
    opens = datetime.combine(day, OPENS, tzinfo=zone).astimezone(UTC)
    return Session(
        clinic=department.clinic,
        department=department,
        doctor=doctor,
        day=day,
        starts_at=opens,
        ends_at=opens + timedelta(minutes=SLOTS * MINUTES),
    )


def _cut(clinic: Clinic, today: date) -> None:
    days = " UNION ALL ".join(
        f"SELECT {ahead} AS ahead, {taken} AS taken" for ahead, taken in enumerate(TAKEN)
    )
    sql = NEW_SLOTS.format(minutes=MINUTES, taken=days, last=SLOTS - 1).replace("% 100", "%% 100")
    with connection.cursor() as cursor:
        cursor.execute(sql, [today, clinic.pk])


def _name(clinic: int, doctor: int) -> str:
    firsts = ("Asha", "Ben", "Chen", "Dara", "Emil", "Farah", "Gita", "Hugo", "Ines", "Jaya")
    lasts = ("Rao", "Iyer", "Khan", "Silva", "Novak", "Okoye", "Haddad", "Moreau", "Singh")
    return f"{firsts[doctor % len(firsts)]} {lasts[(clinic + doctor) % len(lasts)]}"
