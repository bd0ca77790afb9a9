"""A view's text is what a page reads, and what many see alike is written once."""

from socketio.packet import EVENT, Packet

from server.live.encoding import MOST_KEPT, Writer


def test_a_page_reads_what_was_written() -> None:
    body = {"role": "lawyer", "now": 1, "session": None, "waiting": [{"id": "a", "名": '某"\n'}]}
    packet = Packet(encoded_packet=Writer().event("view", body))
    assert (packet.packet_type, packet.data) == (EVENT, ["view", body])


def test_the_same_part_is_written_once() -> None:
    writer, queue = Writer(), [{"id": "a"}]
    first = writer.event("view", {"waiting": queue})
    queue.append({"id": "b"})  # nobody does: it shows that the text was kept
    assert writer.event("view", {"waiting": queue}) == first


def test_equal_places_in_memory_are_not_taken_for_the_same_part() -> None:
    writer = Writer()
    for n in range(MOST_KEPT + 100):
        assert writer.event("view", {"waiting": [n]}) == f'2["view",{{"waiting":[{n}]}}]'
    assert len(writer._kept) == MOST_KEPT
