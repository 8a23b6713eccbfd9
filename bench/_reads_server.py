"""The server that `bench.reads` measures: ours, and beside it the least that any server can do."""

from __future__ import annotations

from bench._beside import beside
from nextpatient.asgi import application as nextpatient

application = beside(nextpatient)
