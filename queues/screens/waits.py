"""A waiting time in words, short enough to be shown large: the same on every screen."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from queues.rules.waiting_time import Estimate
from queues.screens.digits import digits


def wait(estimate: Estimate | None) -> str:
    if estimate is None:
        return "—"
    early, late = estimate.from_minutes, estimate.to_minutes
    if not late:
        return _("no wait")
    if early == late:
        return ngettext("about %(count)s min", "about %(count)s min", late) % {
            "count": digits(late)
        }
    return ngettext("%(early)s–%(late)s min", "%(early)s–%(late)s min", late) % {
        "early": digits(early),
        "late": digits(late),
    }
