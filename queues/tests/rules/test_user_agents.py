"""Browsers call themselves many things."""

from __future__ import annotations

import pytest

from queues.rules.user_agents import names_in

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("said", "names"),
    [
        (
            f"Mozilla/5.0 (Windows NT 10.0) {WEBKIT} Chrome/140.0 Safari/537.36",
            ("Chrome", "Windows"),
        ),
        (
            f"Mozilla/5.0 (Windows NT 10.0) {WEBKIT} Chrome/140 Safari/5 Edg/140",
            ("Edge", "Windows"),
        ),
        (f"Mozilla/5.0 (Linux; Android 15) {WEBKIT} Chrome/140 Safari/537", ("Chrome", "Android")),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0", ("Firefox", "Linux")),
        (f"Mozilla/5.0 (iPhone; CPU like Mac OS X) {WEBKIT} Safari/604.1", ("Safari", "iPhone")),
        ("curl/8.5", ("", "")),
        ("", ("", "")),
    ],
)
def test_by_what_somebody_would_call_it(said: str, names: tuple[str, str]) -> None:
    assert names_in(said) == names
