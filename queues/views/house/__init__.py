"""/house/: a clinic's departments, counters, people and keys, set by whoever administers it."""
