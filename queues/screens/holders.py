"""Whose screen it is: of somebody who works here, or of a machine that was let in. Both can be sent
away, and then their screens hear nothing more."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import close_old_connections

from queues.models import Device, User
from queues.rules.rights import ActorKind


@dataclass(frozen=True)
class Holder:
    kind: ActorKind
    public_id: UUID
    series: int = 0  # of the passes that open something; those of an earlier one do not

    @classmethod
    def user(cls, user: User) -> Holder:
        return cls(ActorKind.USER, user.public_id, user.pass_series)

    @classmethod
    def device(cls, device: Device) -> Holder:
        return cls(ActorKind.DEVICE, device.public_id)


def still_here(holders: Collection[Holder]) -> set[Holder]:
    """Who of them was not sent away: a query for all people, and one for all machines."""
    close_old_connections()
    people = {one.public_id for one in holders if one.kind is ActorKind.USER}
    machines = {one.public_id for one in holders if one.kind is ActorKind.DEVICE}
    return {*_people(people), *_machines(machines)} & {*holders}


def _people(wanted: Collection[UUID]) -> list[Holder]:
    if not wanted:
        return []
    found = User.objects.filter(public_id__in=wanted, is_active=True)
    return [Holder.user(one) for one in found.only("public_id", "pass_series")]


def _machines(wanted: Collection[UUID]) -> list[Holder]:
    if not wanted:
        return []
    found = Device.objects.let_in().filter(public_id__in=wanted)
    return [Holder.device(one) for one in found.only("public_id")]
