"""The pages: each checks who is there, does one thing, and shows or leads to what came of it."""
