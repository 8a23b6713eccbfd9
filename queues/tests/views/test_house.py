"""/house/: departments, counters, people and keys, set by whoever administers the clinic."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import LazySettings
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from queues.actions import consultations, invitations, issuing, keys, staff
from queues.actions.refusals import NotAllowed, NotThere
from queues.models import (
    ApiKey,
    Clinic,
    Counter,
    Department,
    Event,
    Invitation,
    Kind,
    Membership,
    Patient,
    Session,
    User,
)
from queues.models.invitation import LASTS
from queues.rules.rights import SYSTEM, Role
from queues.tests import agenda, cast
from queues.tests.consulting import slots_of_today
from queues.tests.views.as_shown import as_shown
from queues.tests.views.conftest import Browser
from queues.views.accounts.postman import all_left

LoggedIn = Callable[[User], Browser]
A_PASSWORD = "three quiet geese"


def kinds() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("kind", flat=True))


def link_in(text: str) -> str:
    return "/join/" + re.split(r"[\s\"]", text.partition("/join/")[2])[0]


def invited(desk: Browser, email: str | None, role: str, department: str = "") -> str:
    """The link that came by mail."""
    sent = {"email": email, "role": role, "department": department}
    assert desk.post("/house/staff/", sent).status_code == 201
    all_left()
    assert mail.outbox[-1].to == [email]
    return link_in(str(mail.outbox[-1].body))


def test_a_department_is_added_and_gets_its_counters(admin_desk: Browser, clinic: Clinic) -> None:
    new = {"name": "Radiology", "code": "xray", "prefix": "x"}
    assert admin_desk.send("/house/departments/new/", **new).status_code == 302
    made = Department.objects.get(code="XRAY")
    assert (made.name, made.prefix, made.state) == ("Radiology", "X", Department.State.CLOSED)
    page = f"/house/departments/{made.public_id}/counters/"
    assert admin_desk.send(page, code="1", name="Room one").status_code == 302
    counter = Counter.objects.get(department=made)
    renamed = admin_desk.send(f"/house/counters/{counter.public_id}/", code="7", name="")
    assert renamed.status_code == 302
    assert "<bdi>7</bdi>" in admin_desk.text(page)
    assert admin_desk.send(f"/house/counters/{counter.public_id}/remove/").status_code == 302
    assert not Counter.objects.filter(department=made).exists()
    told = [Kind.DEPARTMENT_ADDED, Kind.COUNTER_ADDED, Kind.COUNTER_CHANGED, Kind.COUNTER_REMOVED]
    assert kinds()[-4:] == told


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"code": "OPD"}, "There is a department of this code already."),
        ({"prefix": "a"}, "The numbers of another department begin so."),
        ({"code": "two words"}, "Letters, digits, - and _ only"),
        ({"prefix": "A1"}, "One to three letters."),
        ({"name": ""}, "This field is required."),
    ],
)
def test_what_was_typed_comes_back_with_what_is_wrong(
    admin_desk: Browser, clinic: Clinic, typed: dict[str, str], said: str
) -> None:
    new = {"name": "Radiology", "code": "XRAY", "prefix": "X", **typed}
    answer = admin_desk.send("/house/departments/new/", **new)
    assert answer.status_code in (409, 422)
    page = answer.content.decode()
    assert said in page
    assert all(f'value="{text}"' in page for text in new.values() if text)
    assert clinic.departments.count() == 3


def test_a_counter_that_patients_were_called_to_stays(
    admin_desk: Browser, opd: Department, desk_a: Counter, asha: Patient
) -> None:
    remove = f"/house/counters/{desk_a.public_id}/remove/"
    assert b"Please close the counter first." in admin_desk.send(remove).content
    token = issuing.issue(asha, opd, by=SYSTEM)
    token.counter = desk_a
    token.save(update_fields=["counter"])
    Counter.objects.filter(pk=desk_a.pk).update(is_open=False)
    assert b"it can be closed, but not removed" in admin_desk.send(remove).content
    assert Counter.objects.filter(pk=desk_a.pk).exists()


def test_the_clinics_settings(admin_desk: Browser, clinic: Clinic) -> None:
    page = "/house/clinic/"
    assert 'value="Main Clinic"' in admin_desk.text(page)
    settings = {name: getattr(clinic, name) for name in Clinic.SETTINGS}
    of_devices = {"open_walls", "open_kiosks"}  # set where the devices are
    assert all(f'name="{name}"' in admin_desk.text(page) for name in {*settings} - of_devices)
    wrong = admin_desk.send(page, **{**settings, "time_zone": "Mars/Olympus"})
    assert wrong.status_code == 422
    assert b"There is no such time zone" in wrong.content
    saved = admin_desk.send(page, **{**settings, "name": "Hill Clinic", "languages": ["en", "ar"]})
    assert saved.status_code == 302
    clinic.refresh_from_db()
    assert (clinic.name, clinic.languages) == ("Hill Clinic", ["en", "ar"])


@pytest.mark.parametrize(
    ("page", "theirs", "mine", "mistyped"),
    [
        ("clinic/", {"elderly_from": "70"}, {"name": "Hill Clinic"}, {"name": ""}),
        ("counters/{counter}/", {"code": "8"}, {"name": "By the door"}, {"code": ""}),
        ("", {"message": "Room 3 is closed"}, {"typical_minutes": "12"}, {"name": ""}),
    ],
)
def test_nobody_takes_back_unseen_what_somebody_else_has_set(
    admin_desk: Browser,
    desk_a: Counter,
    page: str,
    theirs: dict[str, str],
    mine: dict[str, str],
    mistyped: dict[str, str],
) -> None:
    in_house = f"/house/{page.format(counter=desk_a.public_id)}"
    page = in_house if page else "/desk/main/OPD/settings/"
    begun = as_shown(admin_desk.get(page))
    assert admin_desk.send(page, **{**begun, **theirs}).status_code == 302
    told = admin_desk.send(page, **{**begun, **mine})
    assert told.status_code == 409
    assert b"Somebody else has changed this meanwhile" in told.content
    assert all(f'value="{text}"' in told.content.decode() for text in mine.values())
    wrong = admin_desk.send(page, **{**begun, **mistyped})
    assert (wrong.status_code, as_shown(wrong)["seen"]) == (422, begun["seen"])
    assert admin_desk.send(page, **{**as_shown(told), **mine}).status_code == 302


def test_an_unchanged_page_is_saved(admin_desk: Browser, desk_a: Counter) -> None:
    for page in ("/house/clinic/", "/desk/main/OPD/settings/"):
        assert admin_desk.send(page, **as_shown(admin_desk.get(page))).status_code == 302
    assert not {Kind.CLINIC_CHANGED, Kind.DEPARTMENT_CHANGED} & set(kinds())


def test_a_doctors_room_stays(admin_desk: Browser, opd: Department, desk_a: Counter) -> None:
    Counter.objects.filter(pk=desk_a.pk).update(is_open=False)
    agenda.slots(agenda.doctor(opd), opd, agenda.tomorrow(opd.clinic), 1)
    Session.objects.update(room=desk_a)
    page = admin_desk.send(f"/house/counters/{desk_a.public_id}/remove/")
    assert b"names it as their room" in page.content
    assert Counter.objects.filter(pk=desk_a.pk).exists()


def test_somebody_is_invited_comes_and_is_what_they_were_invited_as(
    admin_desk: Browser, opd: Department, settings: LazySettings
) -> None:
    settings.MAIL_ARRIVES = True
    sent = {"email": "Nia@Example.org", "role": "nurse", "department": "OPD"}
    page = admin_desk.post("/house/staff/", sent)
    assert page.status_code == 201
    all_left()
    link = link_in(str(mail.outbox[0].body))
    assert [one.to for one in mail.outbox] == [["nia@example.org"]]
    assert b"/join/" not in page.content, "whoever invites could make the account themselves"
    nia = Client()
    account = {"username": "nia", "first_name": "Nia", "password": "nia"}
    weak = nia.post(link, account)
    assert weak.status_code == 422
    assert b'value="Nia"' in weak.content
    assert nia.post(link, {**account, "password": sent["email"]}).status_code == 422
    assert nia.post(link, {**account, "password": A_PASSWORD})["Location"] == "/desk/"
    assert nia.get("/desk/main/OPD/").status_code == 200
    assert nia.get("/desk/main/LAB/").status_code == 403
    assert Client().get(link).status_code == 410, "it is used once"
    member = Membership.objects.get(user__username="nia")
    assert (member.role, member.department) == ("nurse", opd)
    assert {Kind.INVITED, Kind.STAFF_CHANGED} <= set(kinds())
    came = Event.objects.get(kind=Kind.INVITATION_TAKEN)
    assert (came.actor, came.subject) == (member.user.public_id, Invitation.objects.get().public_id)
    assert not Event.objects.filter(after__icontains="nia").exists()


def test_where_no_mail_is_sent_the_link_is_shown_once(
    admin_desk: Browser, clinic: Clinic, settings: LazySettings
) -> None:
    settings.SENDS_MAIL = settings.MAIL_ARRIVES = False
    sent = {"email": "nia@example.org", "role": "nurse", "department": "OPD"}
    link = link_in(admin_desk.post("/house/staff/", sent).content.decode())
    assert Client().get(link).status_code == 200
    assert link not in admin_desk.text("/house/staff/")
    assert mail.outbox == []


def test_a_withdrawn_and_an_old_invitation_open_nothing(
    admin_desk: Browser, clinic: Clinic
) -> None:
    links = [invited(admin_desk, f"{name}@example.org", "clerk", "OPD") for name in ("ann", "bob")]
    ann, bob = Invitation.objects.order_by("pk")
    assert Client().get(links[0]).status_code == 200
    admin_desk.send(f"/house/staff/invitations/{ann.public_id}/withdraw/")
    Invitation.objects.filter(pk=bob.pk).update(created_at=timezone.now() - LASTS)
    assert [Client().get(link).status_code for link in links] == [410, 410]
    account = {"username": "x", "first_name": "X", "password": A_PASSWORD}
    assert [Client().post(link, account).status_code for link in links] == [410, 410]
    assert not User.objects.filter(username="x").exists()


def test_who_has_an_account_takes_it_with_that(
    admin_desk: Browser, clinic: Clinic, lab: Department, logged_in: LoggedIn
) -> None:
    lakshmi = cast.user(clinic, "lakshmi", Role.NURSE, lab)
    link = invited(admin_desk, lakshmi.email, "clerk", "OPD")
    account = {"username": "another", "first_name": "L", "password": A_PASSWORD}
    assert b"You have an account here already" in Client().post(link, account).content
    assert logged_in(lakshmi).post(link)["Location"] == "/desk/"
    assert {member.role for member in lakshmi.memberships.all()} == {"nurse", "clerk"}


def test_what_an_account_is_made_of_is_there_for_another_try(clinic: Clinic) -> None:
    made, _secret = invitations.invite("nia@example.org", Role.NURSE, clinic, None, by=SYSTEM)
    account = {"username": "nia", "first_name": "Nia", "password": A_PASSWORD}
    invitations.join(made, account)
    assert account["password"] == A_PASSWORD


@pytest.mark.parametrize("page", ["/house/", "/house/staff/", "/house/keys/"])
def test_a_page_asks_no_more_for_many_than_for_one(
    admin_desk: Browser, clinic: Clinic, page: str
) -> None:
    def cost(number: int) -> int:
        department = cast.department(clinic, ("OPD", "LAB")[number])
        cast.user(clinic, f"nurse-{number}", Role.NURSE, department)
        keys.make(f"robot-{number}", Role.STAFF, clinic, department, by=SYSTEM)
        email = f"nurse-{number}@example.org"
        invitations.invite(email, Role.NURSE, clinic, department, by=SYSTEM)
        with CaptureQueriesContext(connection) as asked:
            assert admin_desk.get(page).status_code == 200
        return len(asked)

    assert cost(0) == cost(1)


def test_a_role_is_given_and_ended_and_acts_at_once(
    admin_desk: Browser, clinic: Clinic, lab: Department, lab_desk: Browser
) -> None:
    lakshmi = User.objects.get(username="lakshmi")
    page = f"/house/staff/{lakshmi.public_id}/"
    assert lab_desk.get("/desk/main/OPD/").status_code == 403
    assert admin_desk.send(page, role="clerk", department="OPD").status_code == 302
    assert lab_desk.get("/desk/main/OPD/").status_code == 200
    assert admin_desk.send(page, role="clerk", department="OPD").status_code == 422
    clerk = {"role": "clerk", "department": "OPD"}
    assert admin_desk.send(f"{page}end/", **clerk).status_code == 302
    assert admin_desk.send(f"{page}end/", **clerk).status_code == 404
    assert admin_desk.send(f"{page}end/", role="nurse", department="OPD").status_code == 404
    assert [member.role for member in lakshmi.memberships.all()] == ["nurse"]
    assert lab_desk.get("/desk/main/OPD/").status_code == 403
    assert admin_desk.send(f"{page}active/", active="no").status_code == 302
    assert lab_desk.get("/desk/main/LAB/")["Location"].startswith("/login/")
    assert admin_desk.send(f"{page}active/", active="yes").status_code == 302
    assert User.objects.get(username="lakshmi").is_active


def test_second_factors_that_were_lost_are_taken_away(
    admin_desk: Browser, clinic: Clinic, opd: Department, logged_in: LoggedIn
) -> None:
    nadia = cast.user(clinic, "nadia", Role.NURSE, opd)
    TOTP.activate(nadia, "JBSWY3DPEHPK3PXP")
    of_opd = logged_in(cast.user(clinic, "omar", Role.ADMIN, opd))
    page = f"/house/staff/{nadia.public_id}/factors/"
    assert of_opd.send(page).status_code == 403, "their account is used elsewhere too"
    assert admin_desk.send(page).status_code == 302
    assert not Authenticator.objects.exists()
    assert kinds()[-1] == Kind.FACTORS_RESET
    amina = User.objects.get(username="amina")
    assert admin_desk.send(f"/house/staff/{amina.public_id}/factors/").status_code == 403


def test_the_session_of_who_joined_is_on_their_list_and_can_be_ended(
    admin_desk: Browser, opd: Department
) -> None:
    link = invited(admin_desk, "nia@example.org", "nurse", "OPD")
    nia, again = Client(), Client()
    nia.post(link, {"username": "nia", "first_name": "Nia", "password": A_PASSWORD})
    assert nia.get("/desk/").status_code == 200
    again.post("/login/", {"login": "nia", "password": A_PASSWORD})
    again.post("/account/sessions/")
    assert [nia.get("/desk/").status_code, again.get("/desk/").status_code] == [302, 200]


def test_one_more_clinic_is_founded_by_whoever_is_above_all(
    admin_desk: Browser, clinic: Clinic, logged_in: LoggedIn
) -> None:
    page = "/house/clinics/new/"
    assert admin_desk.get(page).status_code == 403
    assert "/house/clinics/new/" not in admin_desk.text("/house/")
    root = logged_in(User.objects.create_superuser("root", "root@example.org", A_PASSWORD))
    assert page in root.text("/house/")
    typed = {"name": "North Clinic", "code": "North", "time_zone": "Mars/Base"}
    wrong = root.send(page, **typed)
    assert wrong.status_code == 422
    assert b'value="North Clinic"' in wrong.content
    assert b"There is no such time zone" in wrong.content
    assert root.send(page, **{**typed, "code": "MAIN", "time_zone": "UTC"}).status_code == 422
    made = root.send(page, **{**typed, "time_zone": "Asia/Kolkata"})
    assert made["Location"] == "/house/?clinic=north"
    assert "North Clinic" in root.text("/house/?clinic=north")
    founded = Event.objects.get(kind=Kind.CLINIC_FOUNDED, daybook__clinic__code="north")
    assert founded.actor == User.objects.get(username="root").public_id


def test_the_last_administrator_stays(admin_desk: Browser, clinic: Clinic) -> None:
    amina = Membership.objects.get(user__username="amina")
    end = f"/house/staff/{amina.user.public_id}/end/"
    everywhere = {"role": "admin", "department": ""}
    assert b"last administrator stays" in admin_desk.send(end, **everywhere).content
    oneself = f"/house/staff/{amina.user.public_id}/active/"
    assert admin_desk.send(oneself, active="no").status_code == 403
    cast.user(clinic, "adam", Role.ADMIN)
    assert admin_desk.send(end, **everywhere)["Location"] == "/desk/", (
        "the house is closed to them now"
    )
    assert not Membership.objects.filter(user__username="amina").exists()


def test_of_two_who_put_each_other_out_of_use_one_stays(clinic: Clinic) -> None:
    amina, adam = (cast.user(clinic, name, Role.ADMIN) for name in ("amina", "adam"))
    each = amina.as_actor(), adam.as_actor()  # both were let in before either acted
    staff.set_active(adam, False, clinic, by=each[0])
    with pytest.raises(NotAllowed):  # the second is nobody's administrator by then
        staff.set_active(amina, False, clinic, by=each[1])
    assert User.objects.get(username="amina").is_active


def test_an_invitation_ends_with_the_rights_of_who_sent_it(
    clinic: Clinic, opd: Department, logged_in: LoggedIn
) -> None:
    amina, adam = (cast.user(clinic, name, Role.ADMIN) for name in ("amina", "adam"))
    link = invited(logged_in(amina), "amina@elsewhere.org", "admin")
    assert Client().get(link).status_code == 200
    staff.end(amina.memberships.get(), by=adam.as_actor())
    account = {"username": "again", "first_name": "A", "password": A_PASSWORD}
    assert [Client().get(link).status_code, Client().post(link, account).status_code] == [410, 410]
    with pytest.raises(NotThere):  # also for who had the page open
        invitations.join(Invitation.objects.get(), amina)
    assert not amina.memberships.exists()


def test_who_is_invited_once_more_has_one_link(admin_desk: Browser, opd: Department) -> None:
    first, second = (invited(admin_desk, "nia@example.org", "nurse", "OPD") for _ in range(2))
    assert [Client().get(link).status_code for link in (first, second)] == [410, 200]
    assert kinds()[-2:] == [Kind.INVITATION_WITHDRAWN, Kind.INVITED]


def test_nobody_gives_more_than_they_have(
    clinic: Clinic, opd: Department, lab: Department, logged_in: LoggedIn
) -> None:
    of_opd = logged_in(cast.user(clinic, "omar", Role.ADMIN, opd))
    lakshmi = cast.user(clinic, "lakshmi", Role.NURSE, lab)
    head = cast.user(clinic, "amina", Role.ADMIN)
    page = of_opd.text("/house/staff/")
    assert "Lakshmi" not in page
    assert "all departments" not in page
    assert "/house/keys/" not in page, "nobody is shown a door that is closed to them"
    for somebody in (lakshmi, head):
        assert of_opd.get(f"/house/staff/{somebody.public_id}/").status_code == 404
    end = f"/house/staff/{head.public_id}/end/"
    assert of_opd.send(end, role="admin", department="").status_code == 404
    nora = cast.user(clinic, "nora", Role.NURSE, opd)
    nora.memberships.create(clinic=clinic, department=lab, role=Role.NURSE)
    in_lab = of_opd.send(f"/house/staff/{nora.public_id}/end/", role="nurse", department="LAB")
    assert (in_lab.status_code, nora.memberships.count()) == (404, 2)
    sent = {"email": "x@example.org", "role": "admin"}
    for department in ("", "LAB"):
        answer = of_opd.post("/house/staff/", {**sent, "department": department})
        assert answer.status_code == 422
    assert of_opd.post("/house/staff/", {**sent, "department": "OPD"}).status_code == 201
    oneself = User.objects.get(username="omar")
    made = of_opd.send(f"/house/staff/{oneself.public_id}/", role="admin", department="")
    assert made.status_code == 422
    assert of_opd.get("/house/keys/").status_code == 403
    assert of_opd.get("/house/clinic/").status_code == 403


def test_a_key_is_shown_once_works_and_is_revoked(admin_desk: Browser, clinic: Clinic) -> None:
    asked = {"name": "Lab robot", "role": "staff", "department": "LAB", "per_second": "50"}
    once = str(uuid4())
    page = admin_desk.send("/house/keys/", once=once, **asked)
    assert page.status_code == 201
    assert admin_desk.send("/house/keys/", once=once, **asked).status_code == 302, "made once"
    secret = page.content.decode().partition('value="np_')[2].partition('"')[0]
    key = ApiKey.objects.get()
    assert (key.name, key.per_second, key.department and key.department.code) == (
        "Lab robot",
        50,
        "LAB",
    )
    caller = Client(headers={"authorization": f"Bearer np_{secret}"})
    assert caller.get("/api/counters").status_code == 200
    assert secret not in (again := admin_desk.text("/house/keys/"))
    assert '<a class="button" href="/house/keys/" aria-current="page">' in again
    assert admin_desk.send(f"/house/keys/{key.public_id}/revoke/").status_code == 302
    assert caller.get("/api/counters").status_code == 401
    wrong = admin_desk.send("/house/keys/", **{**asked, "name": "", "role": "doctor"})
    assert wrong.status_code == 422
    assert b'value="50"' in wrong.content


def test_an_invitation_is_for_one_person(
    admin_desk: Browser, clinic: Clinic, lab: Department, logged_in: LoggedIn
) -> None:
    """A link that was passed on, or opened at a desk where a colleague is logged in."""
    lakshmi = cast.user(clinic, "lakshmi", Role.NURSE, lab)
    link = invited(admin_desk, "zoe@example.org", "admin")
    answer = logged_in(lakshmi).post(link)
    assert answer.status_code == 409
    assert b"This invitation is for zoe@example.org." in answer.content
    assert {member.role for member in lakshmi.memberships.all()} == {"nurse"}
    for name in (
        "chief@example.org",
        "\uff4c\uff41\uff4b\uff53\uff48\uff4d\uff49",
    ):  # lakshmi, in wide letters
        account = {"username": name, "first_name": "Z", "password": A_PASSWORD}
        assert Client().post(link, account).status_code == 422
    assert not User.objects.filter(email="zoe@example.org").exists()


def test_who_was_sent_away_does_not_come_back_by_a_link(
    admin_desk: Browser, clinic: Clinic, lab: Department
) -> None:
    lakshmi = cast.user(clinic, "lakshmi", Role.NURSE, lab)
    link = invited(admin_desk, lakshmi.email, "clerk", "OPD")
    ended = admin_desk.send(
        f"/house/staff/{lakshmi.public_id}/end/", role="nurse", department="LAB"
    )
    assert ended.status_code == 302
    assert Client().get(link).status_code == 410


def test_log_ins_are_set_by_administrators_alone(
    clinic: Clinic, logged_in: LoggedIn, admin_desk: Browser
) -> None:
    settings = {name: getattr(clinic, name) for name in Clinic.SETTINGS}
    longer = {**settings, "log_in_hours": 100}
    manager = logged_in(cast.user(clinic, "mira", Role.MANAGER))
    refused = manager.send("/house/clinic/", **longer)
    assert refused.status_code == 403
    assert b"is set by administrators" in refused.content
    assert manager.send("/house/clinic/", **{**settings, "name": "Hill"}).status_code == 302
    clinic.refresh_from_db()
    assert (clinic.log_in_hours, clinic.name) == (12, "Hill")
    assert admin_desk.send("/house/clinic/", **{**longer, "name": "Hill"}).status_code == 302


def test_a_doctor_who_is_no_longer_here_reads_nothing(
    clinic: Clinic, opd: Department, logged_in: LoggedIn, asha: Patient
) -> None:
    rao = agenda.doctor(opd)
    rao.user = cast.user(clinic, "rao", Role.DOCTOR, opd)
    rao.save(update_fields=["user"])
    seen = agenda.booked(slots_of_today(rao, opd, 1)[0], asha).appointment
    draft = consultations.start(seen, by=SYSTEM)
    browser = logged_in(rao.user)
    page = f"/consultations/{draft.public_id}/"
    assert browser.get(page).status_code == 200
    staff.end(rao.user.memberships.get(), by=SYSTEM)
    assert logged_in(rao.user).get(page).status_code == 404
