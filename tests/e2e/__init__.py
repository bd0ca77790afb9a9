"""The main job in real browsers, against the real service."""
