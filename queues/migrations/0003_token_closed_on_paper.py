from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('queues', '0002_live_screens'),
    ]

    operations = [
        migrations.AddField(
            model_name='token',
            name='closed_on_paper',
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
