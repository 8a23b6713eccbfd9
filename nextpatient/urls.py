"""Every address of the house."""

from django.contrib import admin
from django.urls import path

from queues.api.root import api

urlpatterns = [
    path("api/", api.urls),
    path("admin/", admin.site.urls),
]
