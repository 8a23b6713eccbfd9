"""Log-in, second factors, sessions and passwords: allauth's doing, behind our doors and in our words."""
