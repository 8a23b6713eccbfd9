"""What each screen shows: reads only, plain values, the same for page, fragment and API."""
