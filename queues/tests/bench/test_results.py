"""What a benchmark publishes: text as it was said, and a picture that any reader of XML can read."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bench import _results
from bench._bar import Bar
from bench._chart import chart

SVG = "{http://www.w3.org/2000/svg}"
BARS = [
    Bar("quick enough", 0.5, 2, at_most=True),
    Bar("too slow", 4, 2, at_most=True),
    Bar("as many as were wanted", 2, 2),
    Bar("too few", 1, 2),
    Bar("only told", 3),
]


def drawn(*bars: Bar, title: str = "Title", unit: str = "ms") -> ET.Element:
    return ET.fromstring(chart(title, unit, bars))


def texts(picture: ET.Element) -> list[str]:
    return ["".join(one.itertext()) for one in picture.iter(f"{SVG}text")]


def coloured(picture: ET.Element) -> list[str]:
    of_bars = {"reached", "missed", "plain"}
    return [
        one.get("class", "") for one in picture.iter(f"{SVG}rect") if one.get("class") in of_bars
    ]


def test_each_bar_has_its_colour_and_says_in_words_how_it_stands() -> None:
    picture = drawn(*BARS)
    assert coloured(picture) == ["reached", "missed", "reached", "missed", "plain"]
    verdicts = [text for text in texts(picture) if re.match("[≤≥]", text)]
    assert verdicts == ["≤ 2 reached", "≤ 2 missed", "≥ 2 reached", "≥ 2 missed"]


def test_a_mark_stands_where_a_bar_as_long_as_the_goal_would_end() -> None:
    """The third bar is as long as its goal; one without a goal has no mark."""
    picture = drawn(*BARS)
    marks = [float(one.get("x1", "")) for one in picture.iter(f"{SVG}line")]
    bars = [one for one in picture.iter(f"{SVG}rect") if one.get("class") == "reached"]
    ends = float(bars[1].get("x", "")) + float(bars[1].get("width", ""))
    assert len(marks) == 4
    assert marks == pytest.approx([ends] * 4, abs=0.2)


def test_nothing_leaves_the_picture() -> None:
    picture = drawn(Bar("far beyond", 1_000_000, 1, at_most=True), Bar("nothing at all", 0))
    for one in picture.iter(f"{SVG}rect"):
        assert float(one.get("x", "")) + float(one.get("width", "")) <= float(
            picture.get("width", "")
        )


def test_it_is_told_to_those_who_do_not_see_it() -> None:
    picture = drawn(Bar("a board", 31.5, 30, at_most=True), title="How quick")
    assert picture.get("role") == "img"
    told = {one.get("id"): one.text for one in picture if one.get("id")}
    assert (picture.get("aria-labelledby") or "").split() == list(told)
    assert told == {"title": "How quick", "desc": "In ms. a board: 31.5, goal ≤ 30, missed."}


def test_words_stay_words() -> None:
    picture = drawn(Bar('<b> & "c"', 1), title="<script>", unit="a & b")
    assert {"<script>", '<b> & "c"', "In a & b."} <= {*texts(picture)}
    assert picture.find(f".//{SVG}script") is None


def test_nothing_measured_is_a_picture_too() -> None:
    assert coloured(drawn()) == []


def test_it_is_kept_as_it_was_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(_results, "KEPT", tmp_path / "bench")
    for _again in range(2):
        _results.publish("core", "A table\n", title="Core", unit="ms", bars=BARS)
    assert capsys.readouterr().out == "A table\n\n" * 2
    assert (tmp_path / "bench" / "core.txt").read_text() == "A table\n"
    assert (tmp_path / "bench" / "core.svg").read_text() == chart("Core", "ms", BARS)


def test_a_bar_says_the_same_in_a_table() -> None:
    assert [bar.told for bar in BARS[1:3]] == [
        ["4.00", "≤ 2", "MISSED"],
        ["2.00", "≥ 2", "reached"],
    ]
    assert BARS[-1].told == ["3.00", "", ""]
