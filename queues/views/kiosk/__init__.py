"""The kiosk by the door: one question a page, then a number.

Whoever stands there next must not see who stood there before. What is answered is kept by the
server in the session of this machine, under addresses that say nothing; it is gone after the
number, on 'start again', and when nobody touches the screen for a while.
"""

from queues.views.kiosk.help import call_help
from queues.views.kiosk.manifest import manifest
from queues.views.kiosk.questions import question
from queues.views.kiosk.start import here, start, start_again
from queues.views.kiosk.ticket import ticket

__all__ = ["call_help", "here", "manifest", "question", "start", "start_again", "ticket"]
