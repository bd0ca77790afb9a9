"""The conversation: state machines, rights, the ringing rule and the wire messages.

Pure: no I/O, no clock of its own (time is an argument), the standard library alone.
"""
