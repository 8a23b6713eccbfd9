"""A made-up day is lived: through the actions in simulated time, or through the API of a server."""
