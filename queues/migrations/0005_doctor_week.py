from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("queues", "0004_doctors_time")]

    operations = [
        migrations.AddField(
            model_name="doctor", name="week", field=models.PositiveIntegerField(default=0)
        ),
        migrations.AddField(
            model_name="session", name="by_hand", field=models.BooleanField(default=False)
        ),
    ]
