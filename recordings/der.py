"""As much of DER (ITU-T X.690) as time stamps need. Hostile bytes raise DerError, nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass

INTEGER, OCTETS, NULL, OID, SEQUENCE, SET = 0x02, 0x04, 0x05, 0x06, 0x30, 0x31
BOOLEAN, GENERALIZED_TIME = 0x01, 0x18


class DerError(ValueError):
    """The bytes are not what was expected."""


@dataclass(frozen=True, slots=True)
class Element:
    """One value; ``whole`` are its bytes with tag and length."""

    tag: int
    body: bytes
    whole: bytes

    def parts(self) -> list["Element"]:
        """What is in a constructed value."""
        return list(elements(self.body))

    def expect(self, tag: int) -> "Element":
        """Itself, if it has this tag."""
        if self.tag != tag:
            raise DerError(f"a value of type {self.tag:#x} instead of {tag:#x}")
        return self

    def number(self) -> int:
        """The integer it is."""
        return int.from_bytes(self.expect(INTEGER).body, "big", signed=True)

    def oid(self) -> str:
        """The object identifier it is, as numbers with dots."""
        body = self.expect(OID).body
        if not body or body[-1] & 0x80:
            raise DerError("an object identifier without an end")
        numbers, value = [], 0
        for octet in body:
            value = value << 7 | octet & 0x7F
            if not octet & 0x80:
                numbers.append(value)
                value = 0
        first = min(numbers[0] // 40, 2)
        return ".".join(map(str, [first, numbers[0] - 40 * first, *numbers[1:]]))


def elements(data: bytes) -> Iterator[Element]:
    """The values that stand one after the other in ``data``."""
    at = 0
    while at < len(data):
        body = at + 2
        if body > len(data):
            raise DerError("cut off")
        length = data[at + 1]
        if length & 0x80:
            count = length & 0x7F
            if not 0 < count <= 4:
                raise DerError("a length of unknown size")
            length = int.from_bytes(data[body : body + count], "big")
            body += count
        end = body + length
        if data[at] & 0x1F == 0x1F or end > len(data):
            raise DerError("cut off")
        yield Element(data[at], data[body:end], data[at:end])
        at = end


def only(data: bytes, tag: int) -> Element:
    """The one value ``data`` is."""
    found = list(elements(data))
    if len(found) != 1:
        raise DerError("one value was expected")
    return found[0].expect(tag)


def encode(tag: int, *parts: bytes) -> bytes:
    """A value of these parts."""
    body = b"".join(parts)
    if len(body) < 0x80:
        return bytes((tag, len(body))) + body
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(size))) + size + body


def encode_number(value: int) -> bytes:
    """An integer that is not negative."""
    return encode(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))
