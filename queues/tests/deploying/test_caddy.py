"""The shipped Caddyfile, run for real before the real server: HTTPS for everybody, and nothing for
those who dribble, flood or pry."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from websockets.sync.client import connect
from websockets.typing import Origin

from queues.screens.passes import Pass, Screen
from queues.tests.deploying.files import DEPLOY
from queues.tests.hospital import Hospital

UNPACKED = settings.VAR / "caddy" / "usr" / "bin" / "caddy"  # by ./dev test
CADDY = shutil.which("caddy") or (str(UNPACKED) if UNPACKED.exists() else "")
SECRET = "xlQFyXkiRYH-CmdzSfMx928R9NqsgEqVRnMlWmLVLJ0"
PATIENCE = 90  # seconds, on a busy machine
DRIBBLERS = 40

pytestmark = pytest.mark.skipif(not CADDY, reason="there is no Caddy")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Front:
    """Caddy before a hospital, with certificates of its own authority."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.log = folder, folder / "caddy.log"
        self.port, self.plain_port = free_port(), free_port()
        self.url = f"https://localhost:{self.port}"
        self.hospital = Hospital(f"sqlite:///{folder}/none.sqlite3", folder / "server.log")
        self.hospital.environment.update(PUBLIC_URL=self.url, TRUSTED_PROXIES="127.0.0.1")
        self.environment = {
            **os.environ,
            "PUBLIC_URL": self.url,
            "TLS": "tls internal",
            "UPSTREAM": f"127.0.0.1:{self.hospital.port}",
            "HTTP_PORT": str(self.plain_port),
            "HTTPS_PORT": str(self.port),
            "XDG_DATA_HOME": str(folder),
            "XDG_CONFIG_HOME": str(folder),
        }

    def start(self) -> subprocess.Popen[bytes]:
        command = [CADDY, "run", "--config", str(self.telling_all()), "--adapter", "caddyfile"]
        with self.log.open("ab") as log:
            running = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        end = time.monotonic() + PATIENCE
        while not self.is_up():
            assert running.poll() is None, self.log.read_text()
            assert time.monotonic() < end, self.log.read_text()
            time.sleep(0.2)
        return running

    def telling_all(self) -> Path:
        """The shipped file, but for a log that says more than anybody will ask for."""
        copy = self.folder / "Caddyfile"
        shipped = (DEPLOY / "Caddyfile").read_text()
        copy.write_text(shipped.replace("\tlog {\n", "\tlog {\n\t\tlevel DEBUG\n"))
        return copy

    def is_up(self) -> bool:
        with suppress(OSError, http.client.HTTPException):
            return bool(self.get("/healthz")[0])
        return False

    def trusting(self) -> ssl.SSLContext:
        root = self.folder / "caddy" / "pki" / "authorities" / "local" / "root.crt"
        return ssl.create_default_context(cafile=str(root))

    def get(
        self, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, str], str]:
        client = http.client.HTTPSConnection(
            "localhost", self.port, timeout=PATIENCE, context=self.trusting()
        )
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            client.request("POST" if body else "GET", path, body, named)
            answer = client.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, told, answer.read().decode()
        finally:
            client.close()

    def line(self) -> ssl.SSLSocket:
        """A connection on which a test says what it likes."""
        raw = socket.create_connection(("localhost", self.port), timeout=PATIENCE)
        return self.trusting().wrap_socket(raw, server_hostname="localhost")


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    made = Front(tmp_path_factory.mktemp("front"))
    with made.hospital.serving():
        running = made.start()
        yield made
        running.terminate()
        running.wait(PATIENCE)


def test_https_is_served_and_http_leads_there(front: Front) -> None:
    status, headers, _body = front.get("/robots.txt")
    assert status == 200, "NextPatient believes that it was https"
    assert headers["strict-transport-security"].startswith("max-age=31536000")
    assert "server" not in headers
    plain = http.client.HTTPConnection("localhost", front.plain_port, timeout=PATIENCE)
    plain.request("GET", "/robots.txt")
    answer = plain.getresponse()
    assert answer.status == 308
    assert answer.getheader("location") == "https://localhost/robots.txt"
    plain.close()


def test_a_screen_hears_through_it(front: Front) -> None:
    shown = Pass(Screen.WALL, (uuid4(),)).signed()
    address = f"wss://localhost:{front.port}/live/?pass={shown}"
    with connect(address, ssl=front.trusting(), origin=Origin(front.url)) as screen:
        assert json.loads(screen.recv(PATIENCE))["is"] == "beat"


def test_ids_are_the_proxys_and_meters_are_nobodys(front: Front) -> None:
    _status, headers, _body = front.get("/robots.txt", X_Request_ID="chosen-by-a-stranger")
    assert len(headers["x-request-id"]) == 36, "a UUID of Caddy's"
    assert front.get("/metrics", X_Forwarded_For="127.0.0.1")[0] == 404


def test_whoever_dribbles_is_cut_off_and_the_others_are_served(front: Front) -> None:
    lines = [front.line() for _one in range(DRIBBLERS)]
    for line in lines[1:]:
        line.sendall(b"GET /robots.txt HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
    lines[0].sendall(b"POST /login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999\r\n\r\n")
    open_lines = set(lines)
    end = time.monotonic() + PATIENCE
    while open_lines:
        assert time.monotonic() < end, f"{len(open_lines)} still hold a connection"
        assert front.get("/robots.txt")[0] == 200
        open_lines = {line for line in open_lines if dribbles(line)}
        time.sleep(0.5)


def dribbles(line: ssl.SSLSocket) -> bool:
    """Whether there is still somebody who listens."""
    line.settimeout(0.02)
    try:
        line.sendall(b"x")
        return line.recv(1024) != b""
    except TimeoutError:
        return True
    except OSError:
        return False


def test_ten_megabytes_of_headers_are_refused(front: Front) -> None:
    line = front.line()
    heard = b""
    with suppress(OSError):  # it may hang up before it has heard it all
        line.sendall(b"GET /robots.txt HTTP/1.1\r\nHost: localhost\r\nX-Large: ")
        for _megabyte in range(10):
            line.sendall(b"x" * 1_000_000)
        line.sendall(b"\r\n\r\n")
    with suppress(OSError):
        heard = line.recv(1024)
    assert heard[9:12] in (b"431", b""), heard
    assert front.get("/robots.txt")[0] == 200


def test_a_body_beyond_all_reason_is_refused(front: Front) -> None:
    """413 by the standard; older versions of Caddy find that NextPatient did not answer."""
    with suppress(OSError):  # it may hang up before it has heard it all
        assert front.get("/login/", body=b"x" * 20_000_000)[0] in (413, 502)
    assert front.get("/robots.txt")[0] == 200


def test_while_nextpatient_is_away_it_says_so_and_keeps_secrets(front: Front) -> None:
    front.hospital.stop()
    try:
        status, headers, body = front.get(f"/t/{SECRET}/?phone=9845012345")
    finally:
        front.hospital.start()
    assert (status, headers["retry-after"]) == (502, "5")
    assert "Please ask the staff" in body
    log = front.log.read_text()
    assert "connection refused" in log, "it was written down"
    assert SECRET not in log
    assert "9845012345" not in log
