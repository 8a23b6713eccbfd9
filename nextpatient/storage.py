"""Static files under names that hold a hash of their content, also where modules import each other."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class CollectedFiles(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True
