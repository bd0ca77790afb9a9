"""The web process's side of the relays: rooms made, offers carried, the relay's word recorded."""
