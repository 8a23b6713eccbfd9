"""Mails leave by a thread of their own: how long an answer takes must not tell whether there was
somebody to write to, and a mail server that is away is no error of the page."""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor

from django.core.mail import EmailMessage

log = logging.getLogger(__name__)
_postman = ThreadPoolExecutor(1, "postman")


def post(mail: EmailMessage) -> Future[int]:
    sent = _postman.submit(mail.send)
    sent.add_done_callback(_log_failure)
    return sent


def all_left() -> None:
    """Waits until what was posted so far has left."""
    _postman.submit(int).result()


def _log_failure(sent: Future[int]) -> None:
    if error := sent.exception():
        log.error("a mail was not sent: %s", type(error).__name__)
