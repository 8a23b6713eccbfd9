"""When something goes wrong, the house still looks like itself and tells nothing of its inside."""

from __future__ import annotations

import re

import pytest
from django.template.loader import render_to_string
from django.test import Client

from queues.models import Clinic
from queues.tests.views.conftest import Browser


@pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "500"])
def test_every_error_has_its_page(code: str, db: None) -> None:
    page = render_to_string(f"{code}.html")
    assert "<h1>" in page
    assert 'href="/"' in page


def test_a_form_from_elsewhere_is_refused(clinic: Clinic) -> None:
    response = Client(enforce_csrf_checks=True).post("/kiosk/main/name/", {"answer": "x"})
    assert response.status_code == 403
    assert "This page was open for too long." in response.content.decode()


def test_an_address_that_is_none(browser: Browser, db: None) -> None:
    response = browser.get("/nowhere/")
    assert response.status_code == 404
    assert "There is nothing at this address." in response.content.decode()


@pytest.mark.parametrize("page", ["/", "/display/main/", "/kiosk/main/", "/login/"])
def test_a_page_has_no_script_and_no_style_in_its_midst(
    browser: Browser, clinic: Clinic, page: str
) -> None:
    """So that a strict content security policy can be set; and nothing comes from other hosts."""
    text = browser.text(page)
    for opened, inside in re.findall(r"<script([^>]*)>(.*?)</script>", text, re.DOTALL):
        assert "application/json" in opened or not inside.strip()
    assert not re.search(r"\s(style|on\w+)=", text)
    assert "<style" not in text
    assert "http://" not in text.replace("http://www.w3.org/", "")
    assert "https://" not in text
