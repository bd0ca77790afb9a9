"""Routes: which slot of which receiver takes which source. Computed when something changes."""

from collections.abc import Iterable

from server.relay.circles import Circles
from server.relay.peer import Peer
from server.relay.rtp import Located, begins
from server.relay.screens import Screens
from server.relay.sdp import PLACES
from server.relay.slot import Slot
from server.relay.source import Source, Target


class Routes:
    """All routes of one room at one moment."""

    def __init__(self, peers: Iterable[Peer], circles: Circles, screens: Screens) -> None:
        self._peers = list(peers)
        self._by_place = {peer.place: peer for peer in self._peers}
        self._circles = circles
        self._screens = screens
        self._targets: dict[Source, list[Target]] = {
            source: [] for peer in self._peers for source in peer.every_source
        }

    def lay(self, shut: bool) -> None:
        """Compute and set them; with ``shut`` nothing may flow, but all is made ready."""
        for peer in self._peers:
            if peer.connection.ready:
                self._serve(peer)
        for source, targets in self._targets.items():
            source.targets = () if shut else tuple(targets)

    def _serve(self, peer: Peer) -> None:
        for place in range(peer.hears):
            other = self._beside(peer, self._by_place.get(place))
            audible = other is not None and other.ident not in self._circles.muted
            self._show(peer.audio_slot(place), other.microphone if other and audible else None)
            if place >= PLACES:
                continue
            seen = other if peer.downlink.showing else None
            if seen is None:
                self._show(peer.video_slot(place), None)
            else:
                self._show_camera(peer, peer.video_slot(place), seen)
        self._show(peer.screen_slot, self._screen_for(peer))

    def _show(self, slot: Slot, source: Source | None) -> None:
        if slot.attach(source) and source is not None:
            self._targets[source].append(slot)

    def _show_camera(self, peer: Peer, slot: Slot, other: Peer) -> None:
        wanted = peer.view.picks.get(other.place, other.camera)
        layers = other.camera_layers
        if wanted not in layers:  # of a connection that has been replaced
            wanted = other.camera
        present = slot.source
        flows = present in layers and not slot.waiting and other.comes(present)
        if present is None or present is wanted or not flows:
            self._show(slot, wanted)
            return
        # The picture that is there goes on until the other one begins.
        self._targets[present].append(slot)
        slot.wait_for(wanted)
        self._targets[wanted].append(Crossing(slot, wanted))

    def _beside(self, peer: Peer, other: Peer | None) -> Peer | None:
        """The other one, if the two are in one circle."""
        if other is None or other is peer or not self._circles.together(peer.ident, other.ident):
            return None
        return other

    def _screen_for(self, peer: Peer) -> Source | None:
        beside = {other.screen for other in self._peers if self._beside(peer, other)}
        shown = self._screens.shown({peer.screen, *beside})
        return shown if shown in beside else None


class Crossing:
    """Waits at a source for its next key frame; then a slot changes over to it, without a seam."""

    __slots__ = ("_slot", "_source")

    def __init__(self, slot: Slot, source: Source) -> None:
        self._slot = slot
        self._source = source

    def forward(self, run: list[Located]) -> None:
        """Let nothing pass but a beginning, and what follows it."""
        slot, source = self._slot, self._source
        for number, (packet, _, offset) in enumerate(run):
            if slot.next is source and begins(source.codec.name, packet, offset):
                slot.cross(source)
                source.targets = tuple(slot if one is self else one for one in source.targets)
                slot.forward(run[number:])

    def report(self, unix: float, stamp: int) -> None:
        """The receiver has its clock from the layer that it still gets."""
