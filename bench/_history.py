"""Years that have passed: old visits, tokens and events, written by the database itself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from django.db import connection

from queues.models import Counter, Department, Patient

TOKENS_A_DAY = 1000
AT_ONCE = 2  # tables that are filled at a time; the tokens take as long as all the others

# One row for each old token: its number, how many days ago, which of the day, and when it came.
# All ids and uuids grow with k, so that even the indexes are written in order.
PAST = """
CREATE TABLE bench_past (
    k INT PRIMARY KEY, ago INT NOT NULL, nth INT NOT NULL, came DATETIME(6) NOT NULL
) SELECT d.n * 1000 + t.n AS k, d.n + 1 AS ago, t.n AS nth,
         %(today)s - INTERVAL d.n + 1 DAY + INTERVAL 8 * 3600 + 30 * t.n SECOND AS came
  FROM bench_numbers d JOIN bench_numbers t WHERE d.n < %(days)s ORDER BY k"""
DAYBOOKS = """
INSERT INTO queues_daybook
    (id, clinic_id, department_id, ledger, day, last_number, issued, still_held, seq, head)
SELECT 1000 + ago, %(clinic)s, %(department)s, %(department)s, DATE(came), 1000, 1000, '[]', 1000, ''
FROM bench_past WHERE nth = 0"""
VISITS = """
INSERT INTO queues_visit
    (id, public_id, clinic_id, patient_id, day, label, nonce, link_hash, language, created_at)
SELECT k + 1, LPAD(HEX(k), 32, '0'), %(clinic)s, %(first_patient)s + k %% %(patients)s, DATE(came),
       CONCAT(%(prefix)s, '-', LPAD(nth, 3, '0')), '', LPAD(k, 64, '0'), '', came
FROM bench_past ORDER BY k"""
TOKENS = """
INSERT INTO queues_token
    (id, public_id, visit_id, department_id, daybook_id, issued_seq, counter_id, status, priority,
     band, `rank`, recalls, closed_by_clock,
     arrived_at, ranked_from, called_at, announced_at, started_at, ended_at, changed_at)
SELECT k + 1, LPAD(HEX(k), 32, '0'), k + 1, %(department)s, 1000 + ago, nth + 1, %(counter)s,
       CASE nth %% 20 WHEN 18 THEN 'no_show' WHEN 19 THEN 'cancelled' ELSE 'completed' END,
       'walk_in', 1, UNIX_TIMESTAMP(came) * 1000000, 0, FALSE,
       came, came, came + INTERVAL 20 MINUTE, came + INTERVAL 20 MINUTE,
       came + INTERVAL 21 MINUTE, came + INTERVAL 28 MINUTE, came + INTERVAL 28 MINUTE
FROM bench_past ORDER BY k"""
EVENTS = """
INSERT INTO queues_event
    (daybook_id, seq, kind, at, actor_kind, origin, subject, counter, `before`, `after`,
     note, note_digest, previous_hash, hash)
SELECT 1000 + ago, nth + 1, 'completed', came + INTERVAL 28 MINUTE, 'user', 'desk',
       LPAD(HEX(k), 32, '0'), '1', '{"status": "serving"}', '{"status": "completed"}',
       '', '', LPAD(k, 64, '0'), LPAD(k + 1, 64, '0')
FROM bench_past ORDER BY k"""


def remember(department: Department, *, tokens: int) -> None:
    """Give the department so many old tokens, a thousand a day, each of one of the patients."""
    clinic = department.clinic
    patients = Patient.objects.order_by("pk").values_list("pk", flat=True)
    facts: dict[str, Any] = {
        "clinic": clinic.pk,
        "department": department.pk,
        "prefix": department.prefix,
        "counter": Counter.objects.filter(department=department).values_list("pk", flat=True)[0],
        "today": clinic.service_day(),
        "days": tokens // TOKENS_A_DAY,
        "first_patient": patients[0],
        "patients": len(patients),
    }
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_numbers (n INT PRIMARY KEY)")
        cursor.executemany(
            "INSERT INTO bench_numbers VALUES (%s)", [(n,) for n in range(TOKENS_A_DAY)]
        )
        cursor.execute(PAST, facts)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(partial(_write, facts), (TOKENS, VISITS, EVENTS, DAYBOOKS)))
        cursor.execute("DROP TABLE bench_past, bench_numbers")
        cursor.execute("ANALYZE TABLE queues_visit, queues_token, queues_daybook, queues_event")


def _write(facts: dict[str, Any], statement: str) -> None:
    """On a connection of its own: with nothing checked, no table waits for another."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET unique_checks = 0, foreign_key_checks = 0")
            cursor.execute(statement, facts)
    finally:
        connection.close()
