"""Appointments (预约) over HTTP, what time does to them; what stations allow unattended terminals.

``server.sessions.booking`` and ``calling`` change them; here are the lists, the free slots, the
admin's deeds, the calendar, and the round that ends what is over.
"""
