"""The patient's portal: find a time, say who you are, look at it once more, and it is booked.

Whatever is looked for is in the address, whoever looks is not: that is kept by the server, and
what was booked is behind a link that only its patient has.
"""
