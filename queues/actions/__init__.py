"""The only writers: each action is one transaction that changes something and writes it down."""
