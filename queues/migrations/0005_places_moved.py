from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('queues', '0004_doctors_time'),
    ]

    operations = [
        migrations.AddField(
            model_name='daybook',
            name='places_seq',
            field=models.PositiveBigIntegerField(db_default=0, default=0),
        ),
        migrations.AddIndex(
            model_name='daybook',
            index=models.Index(
                fields=['day', 'clinic', 'places_seq'], name='places_moved_on_a_day'
            ),
        ),
    ]
