"""The ground floor: what a hospital would tell you about queues, in pure Python."""
