"""Recordings: from the packets of a call to sealed evidence, and back to the player.

The relay writes through ``recordings.recorder``; everybody else reads through ``journal``,
``timeline``, ``playback`` and ``verify``. README.md follows one byte through the package.
"""
