"""Hypothesis, as these tests use it."""

from hypothesis import settings

# The examples measure nothing, and a busy machine is no fault: no time limit on one example.
settings.register_profile("signaling", deadline=None, max_examples=50)
settings.load_profile("signaling")
