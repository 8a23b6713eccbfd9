"""The REST API: the same screens and actions as the pages, for other systems."""
