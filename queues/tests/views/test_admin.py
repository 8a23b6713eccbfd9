"""The back office changes accounts, and nothing else."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.test import RequestFactory

from queues.actions import issuing
from queues.models import Clinic, Department, Event, Kind, Patient, User
from queues.rules.rights import SYSTEM, Role
from queues.tests import cast
from queues.tests.views.conftest import Browser

EDITABLE = {User}
OURS = [(model, page) for model, page in admin.site._registry.items() if model not in EDITABLE]


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create_superuser("root", "root@example.org", "x")


@pytest.mark.parametrize(("model", "page"), OURS, ids=lambda value: str(value)[:40])
def test_nothing_else_can_be_changed(model: object, page: admin.ModelAdmin, root: User) -> None:  # type: ignore[type-arg]
    request = RequestFactory().get("/")
    request.user = root
    assert page.has_view_permission(request)
    assert not page.has_add_permission(request)
    assert not page.has_change_permission(request)
    assert not page.has_delete_permission(request)


def test_its_pages_open(root: User, asha: Patient, opd: Department) -> None:
    issuing.issue(asha, opd, by=SYSTEM)
    browser = Browser()
    browser.force_login(root)
    for model in admin.site._registry:
        path = f"/admin/queues/{model._meta.model_name}/"
        assert browser.get(path).status_code == 200, path
        if first := model._default_manager.first():
            assert browser.get(f"{path}{first.pk}/change/").status_code == 200, path


def test_a_superuser_works_everywhere(root: User, opd: Department) -> None:
    browser = Browser()
    browser.force_login(root)
    assert browser.get("/desk/main/OPD/settings/").status_code == 200


def test_an_account_that_is_changed_there_has_its_event_and_a_new_password_ends_all_sessions(
    root: User, clinic: Clinic
) -> None:
    nadia = cast.user(clinic, "nadia", Role.NURSE)
    hers, browser = Browser(), Browser()
    hers.post("/login/", {"login": "nadia", "password": cast.PASSWORD})
    assert hers.get("/desk/").status_code == 200
    browser.force_login(root)
    page = f"/admin/queues/user/{nadia.pk}/"
    new = {"password1": "three quiet geese", "password2": "three quiet geese"}
    assert browser.post(f"{page}password/", {**new, "password2": "x"}).status_code == 200
    assert browser.post(f"{page}password/", {**new, "usable_password": "true"}).status_code == 302
    assert hers.get("/desk/").status_code == 302
    joined = {"date_joined_0": "2026-01-01", "date_joined_1": "08:00:00"}
    rows = {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}
    shown = {"username": "nadia", **joined, **rows}
    assert browser.post(f"{page}change/", shown).status_code == 302
    nadia.refresh_from_db()
    assert not nadia.is_active
    told = Event.objects.order_by("pk").filter(subject=nadia.public_id)
    assert [one.kind for one in told] == [Kind.PASSWORD_CHANGED, Kind.ACCOUNT_CHANGED]
    assert {one.actor for one in told} == {root.public_id}
