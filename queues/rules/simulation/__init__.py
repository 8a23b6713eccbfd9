"""A made-up day of an outpatients' department: its plan, what came of it, its figures, its picture.

Nothing here knows a clock, a database or a server: a day is drawn from a seed as plain data, and
what happened is told as plain data. Times are seconds since midnight of that day.
"""
