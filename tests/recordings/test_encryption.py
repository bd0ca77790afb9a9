"""Recordings at rest: nothing readable lies on the disk, everything authorised can be read."""

import hashlib
import json
import os
import random
import re
from dataclasses import replace
from pathlib import Path

import pytest

from recordings import bundle
from recordings.ebml import scan
from recordings.events import Closed, Failed, FailureCode, Started
from recordings.export_sources import SourceChanged, sealed_bytes
from recordings.keys import signing_key
from recordings.master import MasterFile
from recordings.media_file import Unreadable, open_media, read_all
from recordings.model import Codec, TrackKind
from recordings.playback import NotPlayable, playable
from recordings.records import Segment, from_json
from recordings.recover import recover_session
from recordings.sealed_file import (
    MAGIC,
    MOST,
    Damaged,
    DataKey,
    EncryptedFile,
    Encryptor,
    key_of,
    salvage,
)
from recordings.sink import EncryptingSink
from recordings.vault import KeyUnavailable, Vault
from recordings.verify import Witness, verify
from tests.recordings import media
from tests.recordings.desk import SESSION, Desk, desk, vault_in
from tests.support.tamper import bent

KEY = DataKey.make()


def written(path: Path, *pieces: bytes, key: DataKey = KEY) -> bytes:
    """A sealed file of these pieces; what was to be kept."""
    sink = EncryptingSink(path, key)
    for piece in pieces:
        sink.append(piece)
    sealed = sink.seal()
    data, stored = b"".join(pieces), path.read_bytes()
    assert (sealed.bytes, sealed.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert sealed.stored_sha256 == hashlib.sha256(stored).hexdigest()
    assert sealed.stored_bytes == len(stored)
    return data


def test_what_was_written_is_read_back_from_anywhere(tmp_path: Path) -> None:
    chance = random.Random(1)
    sizes = (1, 300, MOST - 1, MOST, MOST + 1, 3 * MOST + 7, 5)
    data = written(tmp_path / "x", *(chance.randbytes(size) for size in sizes))
    file = EncryptedFile(tmp_path / "x", KEY)
    assert file.size == len(data)
    assert b"".join(file.read()) == data
    for _ in range(200):
        first, end = chance.randrange(len(data)), chance.randrange(len(data) + 10)
        assert b"".join(file.read(first, end)) == data[first:end]
    assert b"".join(file.read(len(data))) == b""


def test_the_same_media_never_looks_the_same(tmp_path: Path) -> None:
    for name in "xy":
        written(tmp_path / name, b"the same words" * 100)
    one, other = ((tmp_path / name).read_bytes() for name in "xy")
    assert one[:24] == other[:24] == MAGIC + bytes.fromhex(KEY.ident)
    assert not pieces(one[68:]) & pieces(other[68:])
    assert b"the same words" not in one


def pieces(data: bytes) -> set[bytes]:
    return {data[at : at + 8] for at in range(len(data) - 7)}


@pytest.mark.parametrize("part", ["header", "salt", "length", "text", "tag", "last"])
def test_a_flipped_bit_anywhere_does_not_open(tmp_path: Path, part: str) -> None:
    path = tmp_path / "x"
    written(path, b"a" * 500, b"b" * 500)
    size = path.stat().st_size
    at = {"header": 60, "salt": 30, "length": 66, "text": 100, "tag": 575, "last": size - 3}[part]
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)
    with pytest.raises(Damaged):
        list(EncryptedFile(path, KEY).read())


def test_records_cannot_be_cut_off_left_out_moved_or_taken_from_elsewhere(tmp_path: Path) -> None:
    path, other = tmp_path / "x", tmp_path / "y"
    written(path, b"a" * 100, b"b" * 100, b"c" * 100)
    written(other, b"a" * 100, b"b" * 100, b"c" * 100)
    whole = path.read_bytes()
    head, rows, last = whole[:64], [whole[at : at + 120] for at in (64, 184, 304)], whole[424:]
    foreign = other.read_bytes()[64:184]
    for rest in (rows[:2], [], rows[1:], [rows[1], rows[0], rows[2]], [foreign, *rows[1:]]):
        path.write_bytes(head + b"".join(rest) + last)
        with pytest.raises(Damaged):
            list(EncryptedFile(path, KEY).read())
    path.write_bytes(head + b"".join(rows))
    with pytest.raises(Damaged):
        EncryptedFile(path, KEY)


def test_a_file_torn_anywhere_gives_its_whole_records(tmp_path: Path) -> None:
    path = tmp_path / "x"
    data = written(path, b"a" * 100, b"b" * 100, b"c" * 100)
    whole = path.read_bytes()
    for size in range(64, len(whole)):
        path.write_bytes(whole[:size])
        found = salvage(path, KEY)
        records = min((size - 64) // 120, 3)
        assert (found.data, found.is_whole) == (data[: records * 100], False)
    path.write_bytes(whole)
    assert salvage(path, KEY).is_whole


def test_a_refused_write_is_followed_by_the_last_record_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink = EncryptingSink(tmp_path / "x", KEY)
    sink.append(b"a" * 100)
    real, answers = os.write, iter([50, None])

    def write(fd: int, data: bytes) -> int:
        if (count := next(answers)) is None:
            raise OSError(28, "No space left on device")
        return real(fd, data[:count])

    monkeypatch.setattr(os, "write", write)
    with pytest.raises(OSError, match="space"):
        sink.append(b"b" * 100)
    monkeypatch.undo()
    sink.seal()
    assert b"".join(EncryptedFile(tmp_path / "x", KEY).read()) == b"a" * 100


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return vault_in(tmp_path / "keys")


def recorded(it: Desk, codec: Codec = Codec.OPUS) -> Segment:
    frames = media.tone(3) if codec is Codec.OPUS else media.video(codec, 3, 1)
    it.feed((it.camera(codec), media.packets(codec, frames)))
    it.close()
    (row,) = it.segments(TrackKind.CAMERA)
    return row


@pytest.mark.parametrize("codec", list(Codec))
def test_a_recording_lies_encrypted_and_plays(tmp_path: Path, vault: Vault, codec: Codec) -> None:
    with desk(tmp_path / "recordings", vault=vault) as it:
        row = recorded(it, codec)
    stored = (it.folder / row.file).read_bytes()
    assert (row.stored_bytes, row.stored_sha256) == (
        len(stored),
        hashlib.sha256(stored).hexdigest(),
    )
    assert key_of(it.folder / row.file) == vault.idents(SESSION)[0]
    names = (b"V_VP8", b"A_OPUS", b"V_MPEG4", b"\x1a\x45\xdf\xa3")
    assert not any(name in stored for name in names)
    data = sealed_bytes(it.folder, vault, row)
    assert scan(data).frames == row.frames
    found = playable(it.folder, row, vault)
    shown = b"".join(found.read())
    assert (codec is Codec.H264) == (shown != data)
    assert b"".join(found.read(100, 299)) == shown[100:300]
    assert verify(it.folder) == []


def test_nothing_plays_without_the_key(tmp_path: Path, vault: Vault) -> None:
    with desk(tmp_path / "recordings", vault=vault) as it:
        row = recorded(it)
    other = vault_in(tmp_path / "other")
    for without in (None, other):
        with pytest.raises(NotPlayable):
            playable(it.folder, row, without)
        with pytest.raises(SourceChanged):
            sealed_bytes(it.folder, without, row)
    (tmp_path / "keys/master.key").unlink()
    with pytest.raises(NotPlayable):
        playable(it.folder, row, vault)


def test_a_changed_file_is_refused_while_it_is_read(tmp_path: Path, vault: Vault) -> None:
    with desk(tmp_path / "recordings", vault=vault) as it:
        row = recorded(it)
    data = bytearray((it.folder / row.file).read_bytes())
    data[2000] ^= 1
    (it.folder / row.file).write_bytes(data)
    with pytest.raises(Unreadable):
        b"".join(playable(it.folder, row, vault).read())
    assert [problem.where for problem in verify(it.folder)] == [row.file]


def test_a_recording_of_before_is_still_played(tmp_path: Path, vault: Vault) -> None:
    with desk(tmp_path / "recordings") as it:
        row = recorded(it)
    assert (row.stored_bytes, "stored_bytes" in row.as_json()) == (None, False)
    data = (it.folder / row.file).read_bytes()
    assert b"".join(playable(it.folder, row, vault).read()) == data


def test_a_master_key_that_fails_stops_the_recording_aloud(tmp_path: Path, vault: Vault) -> None:
    lost = tmp_path / "keys/master.key"
    text = lost.read_bytes()
    lost.unlink()
    with desk(tmp_path / "recordings", vault=vault) as it:
        microphone, sent = it.microphone(), media.packets(Codec.OPUS, media.tone(9))
        it.feed((microphone, sent[:100]))
        assert {told.code for told in it.wait(Failed)} == {FailureCode.NO_KEY}
        assert not list(it.folder.glob("*/*"))
        lost.write_bytes(text)
        it.feed((microphone, sent[100:]))
        it.wait(Started)
        it.close()
        it.wait(Closed)
        assert verify(it.folder) == []


def test_every_beginning_has_a_key_of_its_own(tmp_path: Path, vault: Vault) -> None:
    for number in range(2):
        with desk(tmp_path / "recordings", vault=vault) as it:
            it.feed((it.microphone(), media.packets(Codec.OPUS, media.tone(2))))
            if number:
                it.close()
    assert len(vault.idents(SESSION)) == 2
    rows = it.segments(TrackKind.MICROPHONE)
    assert {key_of(it.folder / row.file) for row in rows} == set(vault.idents(SESSION))
    assert all(media.decode_sound(it.plain(row))[1] > 0.9 for row in rows)


@pytest.mark.parametrize("codec", [Codec.OPUS, Codec.VP8])
def test_a_torn_encrypted_file_keeps_every_whole_frame(
    tmp_path: Path, vault: Vault, codec: Codec
) -> None:
    with desk(tmp_path / "recordings", vault=vault) as it:
        row = recorded(it, codec)
    sealed = it.folder / row.file
    whole, chance = sealed.read_bytes(), random.Random(5)
    for size in [10, 64, 80, 300, *(chance.randrange(64, len(whole)) for _ in range(20))]:
        (it.folder / "journal.jsonl").unlink()
        sealed.unlink()
        part = sealed.with_name(f"{sealed.name}.part")
        part.write_bytes(whole[:size])
        frames = scan(salvage(part, vault.find(SESSION, row_key(whole))).data).frames
        (found,) = recover_session(it.folder, vault)
        assert (found.frames, found.recovered) == (frames, True)
        assert verify(it.folder, is_open=True) == []
        if size >= 64:
            data = read_all(open_media(sealed, vault))
            assert hashlib.sha256(data).hexdigest() == found.sha256
            assert scan(data).torn is None or not frames


def row_key(stored: bytes) -> str:
    return stored[8:24].hex()


def test_damage_in_the_middle_of_a_torn_file_is_kept(tmp_path: Path, vault: Vault) -> None:
    key = vault.fresh(SESSION)
    part = tmp_path / SESSION / "p1/camera-000000.webm.part"
    part.parent.mkdir(parents=True)
    encryptor = Encryptor(key)
    data = bytearray(encryptor.header + encryptor.records(bytes(5 * MOST)))
    data[MOST] ^= 1
    part.write_bytes(data)
    (found,) = recover_session(tmp_path / SESSION, vault)
    assert (found.frames, found.bytes, found.stored_bytes) == (0, len(data), None)
    assert part.with_suffix("").read_bytes() == data


def test_a_crash_without_its_key_waits_for_the_key(tmp_path: Path, vault: Vault) -> None:
    key = vault.fresh(SESSION)
    part = tmp_path / SESSION / "p1/camera-000000.webm.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(Encryptor(key).header)
    for without in (None, vault_in(tmp_path / "other")):
        with pytest.raises(KeyUnavailable):
            recover_session(tmp_path / SESSION, without)
    assert part.exists()


def test_a_bundle_holds_the_media_and_verifies_without_a_key(tmp_path: Path, vault: Vault) -> None:
    key = signing_key(tmp_path / "keys")
    with desk(tmp_path / "recordings", key=key, vault=vault) as it:
        row = recorded(it)
    with pytest.raises(Unreadable):
        bundle.parts(it.folder, "YT-1", [], key)
    files = bundle.parts(it.folder, "YT-1", [], key, vault)
    bundle.write_folder(tmp_path / "out", files)
    inside = bundle.session_in(tmp_path / "out")
    assert inside is not None
    copy = inside / row.file
    assert hashlib.sha256(copy.read_bytes()).hexdigest() == row.sha256
    assert verify(inside, witness=Witness(key.public, bundle.statements_in(tmp_path / "out"))) == []
    copy.write_bytes(bent(copy.read_bytes()))
    assert [problem.where for problem in verify(inside)] == [row.file]


def test_a_record_names_both_hashes_or_one(tmp_path: Path, vault: Vault) -> None:
    with desk(tmp_path / "recordings", vault=vault) as it:
        row = recorded(it)
    text = json.loads(json.dumps(row.as_json()))
    assert from_json(text) == row
    assert from_json({k: v for k, v in text.items() if not k.startswith("stored")}) == replace(
        row, stored_bytes=None, stored_sha256=None
    )
    with pytest.raises(ValueError, match="stored_bytes"):
        from_json(text | {"stored_bytes": "7"})


def test_the_folder_of_keys_is_private_and_names_no_secret(tmp_path: Path, vault: Vault) -> None:
    key = vault.fresh(SESSION)
    (path,) = (tmp_path / "keys/sessions" / SESSION).iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert key.secret.hex() not in path.read_text()
    assert re.fullmatch(r"[0-9a-f]{32}\.json", path.name)
    assert isinstance(MasterFile(tmp_path / "keys/master.key"), MasterFile)
