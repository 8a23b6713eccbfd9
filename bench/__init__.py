"""What things cost, measured: `./dev bench core`. Whoever imports from here finds Django set up."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nextpatient.settings")
django.setup()
