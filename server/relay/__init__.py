"""The media relay: one process, one UDP port; forwards, measures and records without decoding."""
