"""What is counted of screens, for /metrics."""

from __future__ import annotations

from prometheus_client import Gauge

sockets = Gauge("nextpatient_sockets", "Open sockets of screens.", multiprocess_mode="livesum")
departments = Gauge(
    "nextpatient_boards", "Departments that screens look at.", multiprocess_mode="livesum"
)
oldest_board = Gauge(
    "nextpatient_oldest_board_seconds",
    "Since a board that somebody looks at was last compared with the database: the oldest.",
    multiprocess_mode="livemax",
)
