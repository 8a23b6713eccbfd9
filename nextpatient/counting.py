"""The processes of one server count together: into files of one folder, which live as long as it."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from types import FrameType

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # prometheus_client's own name for it
PREFIX = "nextpatient-meters-"


@contextmanager
def counting_together() -> Iterator[None]:
    """Before anybody counts. What a server that was killed left behind is cleared away."""
    signal.signal(signal.SIGTERM, _end)
    for left in Path(gettempdir()).glob(f"{PREFIX}*-*"):
        if not is_alive(int(left.name.removeprefix(PREFIX).partition("-")[0])):
            shutil.rmtree(left, ignore_errors=True)
    with TemporaryDirectory(prefix=f"{PREFIX}{os.getpid()}-") as folder:
        os.environ[FOLDER] = folder
        yield


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # somebody else's
    return True


def _end(_signal: int, _frame: FrameType | None) -> None:
    """uvicorn ends well and then sends itself the signal once more, which would leave no time."""
    sys.exit(0)
