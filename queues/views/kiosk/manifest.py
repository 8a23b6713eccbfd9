"""What makes the kiosk an app of its own: full screen, with our mark."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from queues.views.doors import clinic_of

GROUND, ACCENT = "#eff4f5", "#0b5e6b"  # as in base.css, which a manifest cannot ask


@require_safe
def manifest(request: HttpRequest, clinic: str) -> JsonResponse:
    at = clinic_of(clinic)
    start = reverse("kiosk", args=[at.code])
    language = next(iter(at.languages), "en")
    with override(language):
        name = _("Kiosk of %(clinic)s") % {"clinic": at.name}
    facts = {
        "name": name,
        "short_name": at.name,
        "lang": language,
        "id": start,
        "start_url": start,
        "scope": start,
        "display": "fullscreen",
        "background_color": GROUND,
        "theme_color": ACCENT,
        "icons": [
            {"src": static("mark.svg"), "sizes": "any", "type": "image/svg+xml"},
            *(_picture(size) for size in (192, 512)),
        ],
    }
    return JsonResponse(facts, content_type="application/manifest+json")


def _picture(size: int) -> dict[str, str]:
    return {
        "src": static(f"icons/mark-{size}.png"),
        "sizes": f"{size}x{size}",
        "type": "image/png",
        "purpose": "any maskable",
    }
