"""The back office changes accounts, and nothing else."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.test import RequestFactory

from queues.actions import issuing
from queues.models import Department, Patient, User
from queues.rules.rights import SYSTEM
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
