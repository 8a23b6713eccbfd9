"""What is counted of requests, for /metrics. Several processes count together: see serve.py."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

# A click should take less than a tenth of a second, a search less than half a one.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

requests = Counter(
    "nextpatient_requests_total", "Requests that were answered.", ["method", "route", "status"]
)
seconds = Histogram(
    "nextpatient_request_seconds", "How long an answer took.", ["route"], buckets=BUCKETS
)
threads = Gauge("nextpatient_pool_threads", "Threads that run Django.", multiprocess_mode="livesum")
at_work = Gauge(
    "nextpatient_pool_busy", "Threads that are at work now.", multiprocess_mode="livesum"
)
in_line = Gauge(
    "nextpatient_pool_waiting", "Requests that wait for a thread.", multiprocess_mode="livesum"
)
