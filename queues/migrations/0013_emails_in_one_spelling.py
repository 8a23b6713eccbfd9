from django.db import migrations
from django.db.models.functions import Length, Lower


def spell(apps, schema_editor):
    users = apps.get_model("queues", "User").objects
    users.annotate(length=Length("email")).filter(length=0).update(email=None)
    users.exclude(email=None).update(email=Lower("email"))


class Migration(migrations.Migration):

    dependencies = [
        ('queues', '0012_accounts'),
    ]

    operations = [migrations.RunPython(spell, migrations.RunPython.noop)]
