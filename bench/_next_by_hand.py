"""The one click at the end of a service, as an expert would write it: complete, and call the next."""

from __future__ import annotations

from datetime import UTC, datetime

from bench._by_hand import CALL, COMPLETE, HOLD_TOKEN, NEXT, WRITTEN_ON, ByHand, _column

TAKE_AFTER = """
UPDATE queues_counter SET current_id = %s WHERE id = %s AND current_id = %s AND is_open = 1"""


class NextByHand(ByHand):
    """Whoever was called last is completed, so somebody must have been called."""

    def complete_and_call(self) -> None:
        done, its_id = self.token, str(self.public_id)
        self.execute(HOLD_TOKEN, (done,))
        (status,) = self.cursor.fetchone()
        now = datetime.now(UTC)
        at, moment = _column(now), now.isoformat()
        assert self.execute(COMPLETE, (at, at, done))
        while True:  # where another desk was first, the one after
            self.execute(NEXT, (self.department, self.counter))
            self.token, self.public_id = self.cursor.fetchone()
            if self.execute(CALL, (self.counter, at, at, at, self.token)):
                break
        assert self.execute(TAKE_AFTER, (self.token, self.counter, done))
        book, seq, head, *_ = self._hold_book()
        ended = {"status": "completed", "ended_at": moment}
        before = {"status": status, "ended_at": None}
        code = self.counter_code
        new = self._write(book, seq, head, "completed", its_id, code, before, ended)
        called = {"counter": code, "called_at": moment, "announced_at": moment}
        before, after = (
            {**dict.fromkeys(called), "status": "waiting"},
            {**called, "status": "called"},
        )
        new = self._write(book, seq + 1, new, "called", str(self.public_id), code, before, after)
        self.execute(WRITTEN_ON, (seq + 2, new, book))
        self.connection.commit()
