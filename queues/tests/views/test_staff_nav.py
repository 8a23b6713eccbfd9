"""Where staff can go from each page: what they may do, and where they are."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.template import RequestContext, Template
from django.test import RequestFactory
from pytest_django import DjangoAssertNumQueries

from queues.models import Clinic, Department, User
from queues.rules.rights import Role
from queues.tests import cast
from queues.tests.views.conftest import Browser


def ways(page: str) -> str:
    return page.partition('id="staff-ways"')[2].partition("</nav>")[0]


@pytest.mark.parametrize("role", [Role.CLERK, Role.NURSE, Role.DOCTOR, Role.ADMIN])
def test_everybody_at_a_desk_finds_its_pages(
    role: Role, clinic: Clinic, logged_in: Callable[[User], Browser]
) -> None:
    shown = ways(logged_in(cast.user(clinic, "somebody", role)).text("/desk/"))
    for to in ("/desk/", "/appointments/today/", "/patients/"):
        assert f'href="{to}"' in shown


@pytest.mark.parametrize("page", ["/patients/", "/patients/new/"])
def test_the_page_one_is_on_is_marked(desk: Browser, opd: Department, page: str) -> None:
    shown = ways(desk.text(page))
    assert '<a href="/patients/" aria-current="page">' in shown
    assert shown.count("aria-current") == 1


def test_what_one_may_not_do_is_not_there(desk: Browser, opd: Department) -> None:
    shown = ways(desk.text("/desk/"))
    assert "/schedule/" not in shown
    assert "/doctor/" not in shown


def test_whoever_works_nowhere_and_whoever_is_nobody_find_none(
    browser: Browser, logged_in: Callable[[User], Browser], clinic: Clinic
) -> None:
    assert "staff-ways" not in browser.text("/")
    idle = User.objects.create_user("ida", "ida@example.org", cast.PASSWORD)
    assert "staff-ways" not in logged_in(idle).text("/")


def test_it_costs_one_query(
    clinic: Clinic, rf: RequestFactory, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    request = rf.get("/patients/")
    request.user = cast.user(clinic, "nadia", Role.NURSE)
    with django_assert_num_queries(1):
        Template("{% load staff %}{% staff_nav %}").render(RequestContext(request))
