"""What goes with every page: nothing foreign runs in it, nothing frames it, nobody learns of it."""

from __future__ import annotations

import pytest
from django.test import Client

from queues.models import Clinic, Department
from queues.rules.rights import Role
from queues.tests import cast

pytestmark = pytest.mark.django_db
PAGES = ["/", "/login/", "/kiosk/main/", "/display/main/", "/book/", "/nothing/here/", "/api/docs"]
STAFF_PAGES = ["/desk/main/OPD/", "/patients/", "/appointments/today/", "/schedule/", "/admin/"]


@pytest.mark.parametrize("path", [*PAGES, *STAFF_PAGES])
def test_only_what_this_server_gives_runs_in_a_page(
    clinic: Clinic, opd: Department, path: str
) -> None:
    client = Client()
    if path in STAFF_PAGES:
        user = cast.user(clinic, "root", Role.ADMIN)
        user.is_staff = user.is_superuser = True
        user.save()
        client.force_login(user)
    answer = client.get(path)
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in f"{policy};"
    assert "frame-ancestors 'none'" in policy
    assert "base-uri 'none'" in policy
    assert "unsafe" not in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert "camera=()" in answer["Permissions-Policy"]
    assert "screen-wake-lock=(self)" in answer["Permissions-Policy"]


@pytest.mark.parametrize("path", [*PAGES[:6], *STAFF_PAGES[:4]])
def test_no_page_has_a_script_or_a_style_of_its_own(
    clinic: Clinic, opd: Department, path: str
) -> None:
    """Such a one would not run under the policy, and somebody would think of loosening it."""
    client = Client()
    client.force_login(cast.user(clinic, "amina", Role.ADMIN))
    text = client.get(path).content.decode()
    assert "<style" not in text
    assert " style=" not in text
    assert " onclick=" not in text
    scripts = [tag.split(">")[0] for tag in text.split("<script")[1:]]
    assert [tag for tag in scripts if "src=" not in tag and "application/json" not in tag] == []
