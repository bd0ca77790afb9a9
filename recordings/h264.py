"""H.264 from RTP (RFC 6184, packetization-mode 1) to frames as Matroska and MP4 store them.

In RTP a frame is a row of NAL units; stored, each has its length before it, and the parameter
sets stand in a configuration record ("avcC") beside the stream.
"""

from recordings.frames import MAX_FRAME, Frame

_SLICE, _IDR, _SPS, _PPS, _STAP_A, _FU_A = 1, 5, 7, 8, 24, 28
_HIGH_PROFILES = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128})


class H264Frames:
    """Collects NAL units until the marker; remembers the last parameter sets."""

    def __init__(self) -> None:
        self.incomplete = 0
        self._timestamp = -1
        self._units: list[bytes] = []
        self._fragment: list[bytes] = []
        self._size = 0
        self._broken = False
        self._sps = b""
        self._pps = b""

    def push(self, payload: bytes, marker: bool, timestamp: int) -> Frame | None:
        if not payload:
            return None
        if timestamp != self._timestamp:
            self._begin(timestamp)
        self._size += len(payload)
        if self._size > MAX_FRAME:
            self._broken = True
            self._units, self._fragment = [], []
        else:
            self._unpack(payload)
        return self._finish() if marker else None

    def lose(self) -> None:
        if self._units or self._fragment:
            self._broken = True

    def _begin(self, timestamp: int) -> None:
        if self._units or self._fragment or self._broken:
            self.incomplete += 1
        self._timestamp = timestamp
        self._clear()

    def _clear(self) -> None:
        self._units, self._fragment = [], []
        self._size = 0
        self._broken = False

    def _unpack(self, payload: bytes) -> None:
        kind = payload[0] & 0x1F
        if kind == _FU_A:
            self._unpack_fragment(payload)
        elif kind == _STAP_A:
            self._unpack_several(payload)
        elif 1 <= kind <= 23:
            self._add(payload)

    def _unpack_fragment(self, payload: bytes) -> None:
        if len(payload) < 3:
            self._broken = True
            return
        head = payload[1]
        if head & 0x80:
            self._fragment = [bytes([payload[0] & 0xE0 | head & 0x1F]), payload[2:]]
        elif self._fragment:
            self._fragment.append(payload[2:])
        else:
            self._broken = True
        if head & 0x40 and self._fragment:
            self._add(b"".join(self._fragment))
            self._fragment = []

    def _unpack_several(self, payload: bytes) -> None:
        at = 1
        while at + 2 < len(payload):
            size = int.from_bytes(payload[at : at + 2], "big")
            unit = payload[at + 2 : at + 2 + size]
            if not size or len(unit) < size:
                self._broken = True
                return
            self._add(unit)
            at += 2 + size

    def _add(self, unit: bytes) -> None:
        kind = unit[0] & 0x1F
        if kind == _SPS and sps_size(unit):
            self._sps = unit
        elif kind == _PPS:
            self._pps = unit
        self._units.append(unit)

    def _finish(self) -> Frame | None:
        units, whole = self._units, not self._broken and not self._fragment
        self._clear()
        slices = [unit for unit in units if unit[0] & 0x1F in (_SLICE, _IDR)]
        # The first slice of a picture begins at macroblock 0, coded as a single 1 bit.
        if not whole or not slices or len(slices[0]) < 2 or not slices[0][1] & 0x80:
            self.incomplete += 1
            return None
        return self._frame(units, any(unit[0] & 0x1F == _IDR for unit in slices))

    def _frame(self, units: list[bytes], idr: bool) -> Frame:
        data = b"".join(len(unit).to_bytes(4, "big") + unit for unit in units)
        if not (idr and self._sps and self._pps):
            return Frame(self._timestamp, data, keyframe=False)
        width, height = sps_size(self._sps) or (0, 0)
        config = configuration(self._sps, self._pps)
        return Frame(self._timestamp, data, True, width, height, config)


def configuration(sps: bytes, pps: bytes) -> bytes:
    """The AVCDecoderConfigurationRecord (ISO/IEC 14496-15) of one SPS and one PPS."""
    head = bytes([1]) + sps[1:4] + bytes([0xFF, 0xE1])
    tail = len(sps).to_bytes(2, "big") + sps + b"\x01" + len(pps).to_bytes(2, "big") + pps
    if sps[1] in (100, 110, 122):
        # These profiles append chroma format 4:2:0 and 8 bits; WebRTC sends nothing else.
        tail += bytes([0xFC | 1, 0xF8, 0xF8, 0])
    return head + tail


class _Bits:
    """Reads bits and Exp-Golomb numbers; beyond the end it reads zeros, and ``ended`` is true."""

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "big")
        self._left = len(data) * 8
        self.ended = False

    def bits(self, count: int) -> int:
        self._left -= count
        if self._left < 0:
            self.ended = True
            return 0
        return self._value >> self._left & (1 << count) - 1

    def ue(self) -> int:
        zeros = 0
        while not self.bits(1):
            zeros += 1
            if self.ended or zeros > 31:
                self.ended = True
                return 0
        return (1 << zeros) - 1 + self.bits(zeros)

    def se(self) -> int:
        code = self.ue()
        return (code + 1) // 2 if code & 1 else -(code // 2)


def sps_size(sps: bytes) -> tuple[int, int] | None:
    """Width and height after cropping, from a sequence parameter set; None when it is bad."""
    if len(sps) < 5:
        return None
    bits = _Bits(sps[4:256].replace(b"\0\0\3", b"\0\0"))
    bits.ue()
    chroma = _read_chroma(bits) if sps[1] in _HIGH_PROFILES else 1
    bits.ue()
    _skip_picture_order(bits)
    bits.ue()
    bits.bits(1)
    width = (bits.ue() + 1) * 16
    height = bits.ue() + 1
    field_units = 2 - bits.bits(1)
    if field_units == 2:
        bits.bits(1)
    bits.bits(1)
    cut = [bits.ue() for _ in range(4)] if bits.bits(1) else [0, 0, 0, 0]
    across, down = (2 if chroma in (1, 2) else 1), (2 if chroma == 1 else 1) * field_units
    width -= (cut[0] + cut[1]) * across
    height = height * 16 * field_units - (cut[2] + cut[3]) * down
    good = not bits.ended and 0 < width <= 16384 and 0 < height <= 16384
    return (width, height) if good else None


def _read_chroma(bits: _Bits) -> int:
    chroma = bits.ue()
    if chroma == 3:
        bits.bits(1)
    bits.ue()
    bits.ue()
    bits.bits(1)
    if bits.bits(1):
        for number in range(8 if chroma != 3 else 12):
            if bits.bits(1):
                _skip_scaling_list(bits, 16 if number < 6 else 64)
    return chroma


def _skip_scaling_list(bits: _Bits, size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + bits.se()) & 0xFF
        last = following or last


def _skip_picture_order(bits: _Bits) -> None:
    kind = bits.ue()
    if kind == 0:
        bits.ue()
    elif kind == 1:
        bits.bits(1)
        bits.se()
        bits.se()
        for _ in range(min(bits.ue(), 255)):
            bits.se()
