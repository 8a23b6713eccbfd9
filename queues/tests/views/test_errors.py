"""When something goes wrong, the house still looks like itself and tells nothing of its inside."""

from __future__ import annotations

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


@pytest.mark.parametrize("page", ["/", "/display/main/"])
def test_a_page_needs_no_script_and_no_style_of_its_own(
    browser: Browser, clinic: Clinic, page: str
) -> None:
    text = browser.text(page)
    assert "<script" not in text
    assert "style=" not in text
    assert "http://" not in text.replace("http://www.w3.org/", "")
    assert "https://" not in text
