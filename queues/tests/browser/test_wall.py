"""The wall in a real browser: it changes by itself, calls aloud one after another, and never
looks alive when it is not."""

from __future__ import annotations

import json
import string
import wave
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from queues.actions.demo import MORNING
from queues.tests.browser.arrivals import arrive
from queues.tests.browser.chromium import OpenPage
from queues.tests.browser.devices import WALL
from queues.tests.browser.patience import wait_until_page
from queues.tests.browser.walls import OPD, at, call, takes_over, wake
from queues.tests.hospital import Hospital

HEALS_WITHIN = 10_000  # milliseconds, after a cut or a restart
CUT = (r"ERR_", r"WebSocket", r"Failed to load")  # what Chromium notes while the network is away
AUDIBLE = """
window.heard = [];
addEventListener("DOMContentLoaded", () => {
  for (const name of ["calling", "chime", "said", "called"]) {
    document.getElementById("wall").addEventListener(name, ({ detail }) =>
      heard.push([name, detail.label, detail.language ?? ""].join(" ").trim()));
  }
});
"""
# A call stands for half a second, not for six, where only who follows whom is asked.
BRIEFLY = """
const later = setTimeout;
window.setTimeout = (act, pause) => later(act, pause === 6_000 ? 500 : pause);
"""
TWICE_AT_R1 = """
from queues.actions import calling
from queues.models import Counter
from queues.rules.rights import SYSTEM
for _time in range(2):
    at = Counter.objects.select_related("department__clinic", "doctor", "current").get(code="R1")
    calling.complete_and_call_next(at, by=SYSTEM) if at.current else calling.call_next(at, by=SYSTEM)
"""
LAST_TWO = """
from queues.models import Token
called = Token.objects.filter(counter__code="R1").order_by("called_at")
print(*(token.visit.label for token in called))
"""
# The look that a wall has at its own page now and then: at the word of the test.
LOOKS_ANEW = """
const every = setInterval;
window.setInterval = (act, pause) =>
  pause === 300_000 ? void (window.lookAnew = act) : every(act, pause);
"""
EYES_OPEN = """
from queues.models import Clinic, Counter, Department
clinic = Clinic.objects.get()
eyes = Department.objects.create(clinic=clinic, code="EYES", name="Eyes", prefix="E")
Counter.objects.create(department=eyes, code="E1", is_open=True)
"""


@pytest.fixture
def voiced(hospital: Hospital, tmp_path: Path) -> Hospital:
    """A hospital whose walls speak two languages, each clip a short tone."""
    names = [*string.ascii_lowercase, *string.digits, "number", "counter"]
    clips = dict.fromkeys(("en", "es"), names)
    for language in clips:
        (tmp_path / language).mkdir()
        for name in names:
            with wave.open(str(tmp_path / language / f"{name}.wav"), "wb") as tone:
                tone.setnchannels(1)
                tone.setsampwidth(2)
                tone.setframerate(8000)
                tone.writeframes(b"\0\x10\0\xf0" * 200)
    (tmp_path / "index.json").write_text(json.dumps({"version": "tones", "clips": clips}))
    hospital.stop()
    hospital.environment["CLIPS"] = str(tmp_path)
    hospital.start()
    return hospital


def act(hospital: Hospital, token: dict[str, Any], action: str) -> None:
    path = f"/token/{token['id']}/action"
    status, answer = hospital.ask("POST", path, {"action": action})
    assert status == 200, answer


def recall(hospital: Hospital, token: dict[str, Any]) -> None:
    act(hospital, token, "recall")


def has_heard(page: Page, *heard: str) -> None:
    with suppress(AssertionError):  # what was heard instead says more
        wait_until_page(page, "count => heard.length >= count", len(heard), 40_000)
    assert page.evaluate("heard") == list(heard)


# It shows what is


def test_a_call_takes_the_screen_and_stays_on_it(hospital: Hospital, open_page: OpenPage) -> None:
    page = at(open_page(hospital, WALL))
    page.evaluate("window.still = true")
    token = call(hospital)
    takes_over(page, token["label"])
    expect(page.locator(".takeover-counter")).to_have_text("R1")
    expect(page.locator(".takeover")).to_be_hidden(timeout=HEALS_WITHIN)
    row = page.locator(f'.now .called[data-label="{token["label"]}"]')
    expect(row.locator(".where")).to_have_text("R1")
    expect(page.locator(".last li").first).to_contain_text(token["label"])
    assert page.evaluate("window.still"), "it was not loaded again"


def test_the_message_changes_live(hospital: Hospital, open_page: OpenPage) -> None:
    page = at(open_page(hospital, WALL))
    expect(page.locator(".strip")).to_be_hidden()
    hospital.manage(
        "shell",
        "-c",
        "from queues.actions import departments; from queues.rules.rights import SYSTEM;"
        "from queues.models import Department;"
        "opd = Department.objects.select_related('clinic').get(code='OPD');"
        "departments.change(opd, {'message': 'Flu shots in room 12'}, by=SYSTEM)",
    )
    expect(page.locator(".strip")).to_have_text("Flu shots in room 12")


def test_nobody_is_named(hospital: Hospital, open_page: OpenPage) -> None:
    told: list[str] = []
    page = open_page(hospital, WALL)
    page.on(
        "websocket", lambda socket: socket.on("framereceived", lambda text: told.append(str(text)))
    )
    at(page, "/display/main/")
    call(hospital)
    expect(page.locator(".takeover")).to_be_visible()
    told.append(page.content())
    assert any("html" in text for text in told)
    names = [part for person in MORNING for part in person[0].split() if len(part) > 3]
    assert [name for name in names for text in told if name in text] == []


def test_without_scripts_it_renews_itself(hospital: Hospital, open_page: OpenPage) -> None:
    page = open_page(hospital, WALL, javascript=False)
    page.goto(OPD)
    label = call(hospital)["label"]
    renewed = page.locator(f'[data-label="{label}"]')
    expect(renewed).to_be_visible(timeout=HEALS_WITHIN)


# Sound


def test_calls_are_spoken_one_after_another(voiced: Hospital, open_page: OpenPage) -> None:
    page = open_page(voiced, WALL)
    page.add_init_script(BRIEFLY)
    page.add_init_script(AUDIBLE)
    at(page)
    wake(page)
    first, second = call(voiced, "R1"), call(voiced, "2")
    recall(voiced, first)
    one, two = first["label"], second["label"]
    steps = ("calling {}", "chime {}", "said {} en", "said {} es", "called {}")
    spoken = [step.format(label) for label in (one, two, one) for step in steps]
    has_heard(page, *spoken)


def test_a_call_that_is_taken_back_is_not_said_to_its_end(
    voiced: Hospital, open_page: OpenPage
) -> None:
    page = open_page(voiced, WALL)
    page.add_init_script(AUDIBLE)
    at(page)
    wake(page)
    token = call(voiced)
    label = token["label"]
    takes_over(page, label)
    act(voiced, token, "undo")
    expect(page.locator(".takeover")).to_be_hidden(timeout=4_000)  # it would stand for six seconds
    assert f"said {label} es" not in page.evaluate("heard")
    assert page.evaluate("heard").count(f"called {label}") == 1


def test_clips_that_are_made_anew_are_spoken_without_a_new_start(
    voiced: Hospital, open_page: OpenPage
) -> None:
    page = open_page(voiced, WALL)
    page.add_init_script(LOOKS_ANEW)
    page.add_init_script(BRIEFLY)
    page.add_init_script(AUDIBLE)
    at(page)
    wake(page)
    written = Path(voiced.environment["CLIPS"]) / "index.json"
    names = json.loads(written.read_text())["clips"]["es"]
    written.write_text(json.dumps({"version": "anew", "clips": {"es": names}}))
    page.evaluate("lookAnew()")
    label = call(voiced)["label"]
    has_heard(page, f"calling {label}", f"chime {label}", f"said {label} es", f"called {label}")


def test_what_was_called_before_is_not_called_again(voiced: Hospital, open_page: OpenPage) -> None:
    page = open_page(voiced, WALL)
    page.add_init_script(AUDIBLE)
    at(page)
    wake(page)
    page.wait_for_timeout(1_500)
    assert page.evaluate("heard") == []


def test_sound_that_is_blocked_is_said_until_somebody_comes(
    hospital: Hospital, open_page: OpenPage
) -> None:
    page = open_page(hospital, WALL)
    page.clock.install()
    page.goto(OPD)
    page.clock.run_for(2_000)
    expect(page.get_by_role("heading", name="Start display")).to_be_visible()
    page.clock.run_for(40_000)
    expect(page.get_by_role("heading", name="Start display")).to_be_hidden()
    expect(page.locator(".badge-blocked")).to_be_visible()
    page.locator(".badge-blocked button").click()
    expect(page.locator(".badge-blocked")).to_be_hidden()


def test_a_call_that_cannot_be_heard_is_still_seen(hospital: Hospital, open_page: OpenPage) -> None:
    page = open_page(hospital, WALL)
    page.add_init_script(BRIEFLY)
    page.add_init_script(AUDIBLE)
    at(page)
    label = call(hospital)["label"]
    has_heard(page, f"calling {label}", f"called {label}")


# It never looks alive when it is not


def test_a_department_that_came_later_is_followed_too(
    hospital: Hospital, open_page: OpenPage
) -> None:
    page = open_page(hospital, WALL)
    page.add_init_script(LOOKS_ANEW)
    page.add_init_script(BRIEFLY)
    page.add_init_script(AUDIBLE)
    at(page, "/display/main/")
    hospital.manage("shell", "-c", EYES_OPEN)
    for _number in range(2):
        arrive(hospital, "EYES")
    before = call(hospital, "E1", "EYES")["label"]
    with page.expect_websocket():
        page.evaluate("lookAnew()")
    expect(page.locator(f'#panel-EYES [data-label="{before}"]')).to_be_visible()
    now = call(hospital, "E1", "EYES")["label"]
    has_heard(page, f"calling {now}", f"called {now}")


def test_it_says_how_old_it_is_and_heals(hospital: Hospital, open_page: OpenPage) -> None:
    page = open_page(hospital, WALL, forgive=CUT)
    page.clock.install()
    at(page)
    wall = page.locator("#wall")
    expect(wall).to_have_attribute("data-age", "fresh")
    hospital.freeze()
    page.clock.fast_forward(16_000)
    expect(wall).to_have_attribute("data-age", "amber")
    expect(page.locator(".amber")).to_contain_text("seconds ago")
    page.clock.fast_forward(50_000)
    expect(page.get_by_role("alert")).to_contain_text("Please ask the staff.")
    hospital.thaw()
    expect(wall).to_have_attribute("data-age", "fresh", timeout=HEALS_WITHIN)
    expect(page.locator(".stale")).to_be_hidden()


def test_it_heals_after_a_network_cut(hospital: Hospital, open_page: OpenPage) -> None:
    page = at(open_page(hospital, WALL, forgive=CUT))
    page.context.set_offline(True)
    label = call(hospital)["label"]
    page.wait_for_timeout(2_000)
    page.context.set_offline(False)
    row = page.locator(f'.now .called[data-label="{label}"]')
    expect(row).to_be_attached(timeout=HEALS_WITHIN)


def test_after_a_restart_it_shows_what_is_and_calls_who_is_still_called(
    hospital: Hospital, open_page: OpenPage
) -> None:
    page = open_page(hospital, WALL, forgive=CUT)
    page.add_init_script(BRIEFLY)
    page.add_init_script(AUDIBLE)
    at(page)
    hospital.kill()
    hospital.manage("shell", "-c", TWICE_AT_R1)
    before, now = hospital.manage("shell", "-v", "0", "-c", LAST_TWO).split()
    hospital.start()
    row = page.locator(f'.now .called[data-label="{now}"]')
    expect(row).to_be_attached(timeout=HEALS_WITHIN)
    expect(page.locator(f'.now [data-label="{before}"]')).to_have_count(0)
    has_heard(page, f"calling {now}", f"called {now}")
