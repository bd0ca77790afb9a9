"""Changing what lies in files."""


def bent(content: bytes) -> bytes:
    """The same content but for its last byte, which is another one whatever it was."""
    return content[:-1] + bytes([content[-1] ^ 1])
