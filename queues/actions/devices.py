"""Kiosks and walls are let in, named and sent away."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from queues import hints, journal
from queues.actions.refusals import Invalid, NotAllowed, NotThere
from queues.actions.transactions import transacted
from queues.journal import Entry
from queues.models import Clinic, Department, Device, Kind, User
from queues.rules.links import hashed
from queues.rules.pairing import ASKS_FOR, new_code, new_secret
from queues.rules.rights import Act, Actor, ActorKind

HEARD_OF_EVERY = timedelta(minutes=1)  # a row a minute is written, however much it asks


@transacted
def ask(kind: Device.Kind, address: str) -> tuple[Device, str]:
    """A screen that nobody knows wants to be let in. Returns its row with the code that it shows,
    and the secret by which its browser, and no other, collects what becomes of that.

    No history tells of it, since it is at no clinic yet; whoever asked in vain is forgotten.
    """
    now = timezone.now()
    Device.objects.filter(approved_at=None, asks_until__lte=now).delete()
    secret = new_secret()
    device = Device.objects.create(
        kind=kind,
        code=new_code(),
        asked_at=now,
        asks_until=now + ASKS_FOR,
        asked_from=address,
        asker=hashed(secret),
    )
    return device, secret


@transacted
def approve(
    code: str, name: str, clinic: Clinic, departments: Sequence[Department], *, by: Actor
) -> Device:
    """Let in the screen that shows this code. Of two who do, one is first."""
    _refuse(clinic, departments, by)
    device = Device.objects.asking().filter(code=code).first()
    if device is None or not _let_in(device, name, clinic, by):
        raise NotThere(_("No screen shows this code now. Please look at it again."))
    device.refresh_from_db()
    device.departments.set(departments)
    after = {
        "kind": device.kind,
        "name": name,
        "departments": [one.code for one in departments],
    }
    journal.record(Entry(Kind.DEVICE_APPROVED, by, clinic, device.public_id, after=after))
    return device


@transacted
def collect(asker: str) -> tuple[Device, str] | None:
    """The browser that asked comes for its secret: once, and soon after it was approved. It gets a
    new one, so that whoever gave it the one it asked with knows nothing."""
    device = Device.objects.let_in().select_related("clinic").filter(asker=hashed(asker)).first()
    if device is None or device.clinic is None:
        return None
    secret, since = new_secret(), timezone.now() - ASKS_FOR
    waits = Device.objects.let_in().filter(pk=device.pk, hash=None, approved_at__gt=since)
    if not waits.update(hash=hashed(secret), last_contact=timezone.now()):
        return None
    itself = Actor(ActorKind.DEVICE, device.public_id, origin=device.kind)
    journal.record(Entry(Kind.DEVICE_PAIRED, itself, device.clinic, device.public_id))
    return device, secret


@transacted
def rename(device: Device, name: str, *, by: Actor) -> None:
    clinic = _clinic_of(device, by)
    if not Device.objects.filter(pk=device.pk).exclude(name=name).update(name=name):
        return
    before, after = {"name": device.name}, {"name": name}
    journal.record(
        Entry(Kind.DEVICE_RENAMED, by, clinic, device.public_id, before=before, after=after)
    )


@transacted
def revoke(device: Device, *, by: Actor) -> bool:
    """Its sockets are closed and its secret opens nothing. False if it was revoked before."""
    clinic = _clinic_of(device, by)
    if not Device.objects.let_in().filter(pk=device.pk).update(revoked_at=timezone.now()):
        return False
    journal.record(Entry(Kind.DEVICE_REVOKED, by, clinic, device.public_id))

    def close() -> None:  # by its name Django tells what failed, and a partial has none
        hints.send_away_device(device.public_id)

    transaction.on_commit(close, robust=True)
    return True


@transacted
def heard_of(devices: Collection[UUID]) -> None:
    """They are alive. No entry: nothing was changed by anybody."""
    now = timezone.now()
    silent = Q(last_contact=None) | Q(last_contact__lt=now - HEARD_OF_EVERY / 2)
    Device.objects.let_in().filter(silent, public_id__in=devices).update(last_contact=now)


def came(device: Device, version: str) -> None:
    """It asks for a page: written down once a minute, or when it shows another version."""
    now = timezone.now()
    is_known = device.last_contact and now - device.last_contact < HEARD_OF_EVERY
    if not is_known or device.version != version:
        _write_down(device, version)


@transacted
def _write_down(device: Device, version: str) -> None:
    Device.objects.filter(pk=device.pk).update(last_contact=timezone.now(), version=version)


def _let_in(device: Device, name: str, clinic: Clinic, by: Actor) -> bool:
    user = User.objects.filter(public_id=by.public_id).first() if by.public_id else None
    return bool(
        Device.objects.asking()
        .filter(pk=device.pk)
        .update(code=None, approved_at=timezone.now(), approved_by=user, clinic=clinic, name=name)
    )


def _clinic_of(device: Device, by: Actor) -> Clinic:
    assert device.clinic is not None, "whoever was let in is at a clinic"
    _refuse(device.clinic, list(device.departments.all()), by)
    return device.clinic


def _refuse(clinic: Clinic, departments: Sequence[Department], by: Actor) -> None:
    if not departments:
        raise Invalid(departments=_("Please choose at least one department."))
    if not all(by.may(Act.SET_DEVICES, clinic.pk, one.pk) for one in departments):
        raise NotAllowed(_("You cannot let machines in here."))
