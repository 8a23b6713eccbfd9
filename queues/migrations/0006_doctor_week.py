from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("queues", "0005_kept_answer_links")]

    operations = [
        migrations.AddField(
            model_name="doctor", name="week", field=models.PositiveIntegerField(default=0)
        ),
        migrations.AddField(
            model_name="session", name="by_hand", field=models.BooleanField(default=False)
        ),
    ]
