"""Sockets: what moves is sent at once to every screen that looks. They push, and listen to nothing."""
