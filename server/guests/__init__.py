"""People who join from elsewhere: invitations and the door that they open."""

from server.guests.invitations import Invitations
from server.guests.routes import GuestDoors, routes

__all__ = ["GuestDoors", "Invitations", "routes"]
