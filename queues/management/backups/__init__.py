"""A hospital in one file: its database, the keys without which links and history are dumb, and a
manifest that says what it is and proves that it is whole."""
