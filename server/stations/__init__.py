"""Stations and their terminals, as the admin sees them."""
