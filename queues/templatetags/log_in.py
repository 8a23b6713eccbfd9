"""What the page of an account has to know."""

from __future__ import annotations

from django import template
from django.template.context import RequestContext

from queues.rules import user_agents
from queues.screens import shifts

register = template.Library()


@register.simple_tag(takes_context=True)
def second_factor_is_due(context: RequestContext) -> bool:
    """Whether nothing else goes on before one is set up."""
    request = context.get("request")
    shift = shifts.of(request) if request else None
    return bool(shift and shift.lacks_second)


@register.filter
def browser_name(user_agent: str) -> str:
    """Two proper names, which are the same in every language."""
    return " · ".join(filter(None, user_agents.names_in(user_agent))) or "?"
