"""The recorded talk apart, from its folder to those who may read it."""
