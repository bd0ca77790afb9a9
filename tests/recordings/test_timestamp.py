"""Time stamps of a real authority (openssl ts), checked by us and by OpenSSL alike."""

import hashlib
import random
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from recordings import bundle, der, manifest
from recordings.keys import signing_key
from recordings.model import Codec
from recordings.timestamp import BadStamp, certificates, check, request, stamp_path, stamped_line
from recordings.verify import Witness, verify
from tests.recordings import media
from tests.recordings.desk import SESSION, desk
from tests.support.authority import Authority

VALUE = hashlib.sha256(b"an integrity value").hexdigest()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tsa") / "rsa")


@pytest.fixture(scope="module")
def answer(authority: Authority) -> bytes:
    return authority.answer(request(VALUE, 2**62 + 5))


@pytest.mark.parametrize(
    ("key", "digest", "bound"),
    [("rsa:2048", "sha256", "sha1"), ("ec", "sha512", "sha256"), ("ec", "sha384", "sha512")],
)
def test_stamps_of_every_kind_are_right(tmp_path: Path, key: str, digest: str, bound: str) -> None:
    made = Authority(tmp_path / "tsa", key, digest, bound)
    text = made.answer(request(VALUE, 7))
    stamp = check(text, VALUE, certificates(made.ca))
    assert abs(stamp.at - datetime.now(UTC)) < timedelta(minutes=5)
    assert (stamp.sha256, stamp.nonce, stamp.authority) == (VALUE, 7, "CN=Test TSA")
    assert made.verifies(text, VALUE)


def test_a_stamp_of_something_else_is_refused(authority: Authority, answer: bytes) -> None:
    other = hashlib.sha256(b"other").hexdigest()
    with pytest.raises(BadStamp, match="something else"):
        check(answer, other)
    assert not authority.verifies(answer, other)
    assert check(answer, VALUE).nonce == 2**62 + 5


def test_an_authority_that_is_not_trusted_is_refused(answer: bytes, tmp_path: Path) -> None:
    other = Authority(tmp_path / "other", "ec")
    with pytest.raises(BadStamp, match="nobody who is trusted"):
        check(answer, VALUE, certificates(other.ca))
    with pytest.raises(BadStamp, match="nobody who is trusted"):
        check(answer, VALUE, [])


def test_a_certificate_for_something_else_stamps_nothing(tmp_path: Path) -> None:
    made = Authority(tmp_path / "tsa", "ec")
    text = made.answer(request(VALUE, 1))
    stamping = (made.folder / "tsa.pem").read_bytes()
    # OpenSSL refuses to stamp with it: the certificate in a good token is replaced.
    made.certify("other")
    good, wrong = (_der(it) for it in (stamping, (made.folder / "tsa.pem").read_bytes()))
    with pytest.raises(BadStamp):
        check(_replaced(text, good, wrong), VALUE, certificates(made.ca))


def _der(pem: bytes) -> bytes:
    return subprocess.run(
        ["openssl", "x509", "-outform", "DER"], input=pem, capture_output=True, check=True
    ).stdout


def _replaced(data: bytes, old: bytes, new: bytes) -> bytes:
    """The same DER with one value in the place of another, all lengths put right."""
    found = []
    for one in der.elements(data):
        if one.whole == old:
            found.append(new)
        elif one.tag & 0x20 and old in one.body:
            found.append(der.encode(one.tag, _replaced(one.body, old, new)))
        else:
            found.append(one.whole)
    return b"".join(found)


def test_a_changed_stamp_is_refused_or_says_the_same(authority: Authority, answer: bytes) -> None:
    """Some bytes say nothing, like the copy of a certificate that is trusted anyway."""
    trusted, chance = certificates(authority.ca), random.Random(3)
    said, accepted = check(answer, VALUE, trusted), 0
    for at in range(len(answer)):
        data = bytearray(answer)
        data[at] ^= 1 << chance.randrange(8)
        try:
            assert check(bytes(data), VALUE, trusted) == said
        except BadStamp:
            continue
        accepted += 1
    assert accepted < len(answer) / 2


def test_no_bytes_raise_anything_else(answer: bytes) -> None:
    chance = random.Random(4)
    for _ in range(2000):
        data = bytearray(answer[: chance.randrange(len(answer))])
        for _ in range(chance.randrange(1, 9)):
            data[chance.randrange(len(data)) if data else 0 : 0] = chance.randbytes(1)
        with pytest.raises(BadStamp):
            check(bytes(data), VALUE)


def test_the_name_of_a_stamp_is_its_line(tmp_path: Path) -> None:
    assert stamped_line(stamp_path(tmp_path, 12).name) == 12
    assert [stamped_line(name) for name in ("manifest.jsonl", "manifest-1.tsr", "x.tsr")] == [
        None
    ] * 3


@pytest.fixture
def stamped(authority: Authority, tmp_path: Path) -> Path:
    """A sealed session with a time stamp, its keys beside it."""
    key = signing_key(tmp_path / "keys")
    with desk(tmp_path / "recordings", key=key) as it:
        it.feed((it.microphone(), media.packets(Codec.OPUS, media.tone(2))))
        it.close()
    value = manifest.integrity(it.folder)
    assert value is not None
    stamp_path(it.folder, 1).write_bytes(authority.answer(request(value, 1)))
    return it.folder


def places(folder: Path, authority: Authority | None) -> list[str]:
    trusted = certificates(authority.ca) if authority else None
    return [one.where for one in verify(folder, witness=Witness(authorities=trusted))]


def test_a_stamped_session_is_whole(stamped: Path, authority: Authority) -> None:
    assert places(stamped, None) == places(stamped, authority) == []


def test_a_stamp_that_does_not_fit_is_named(
    stamped: Path, authority: Authority, answer: bytes, tmp_path: Path
) -> None:
    path = stamp_path(stamped, 1)
    good = path.read_bytes()
    for wrong in (answer, good[:-9], b""):
        path.write_bytes(wrong)
        assert places(stamped, None) == [path.name]
    path.write_bytes(good)
    path.rename(stamp_path(stamped, 2))
    assert places(stamped, None) == ["manifest-0002.tsr"]
    stamp_path(stamped, 2).unlink()
    assert places(stamped, None) == []
    assert places(stamped, authority) == ["manifest.jsonl"]


def test_who_signs_anew_has_no_stamp_for_it(
    stamped: Path, authority: Authority, tmp_path: Path
) -> None:
    """What a stolen key cannot do: to have signed it then."""
    (stamped / manifest.NAME).unlink()
    manifest.seal(stamped, signing_key(tmp_path / "keys"), 1.0)
    assert places(stamped, authority) == ["manifest-0001.tsr"]


def test_a_bundle_checks_its_stamp(stamped: Path, authority: Authority, tmp_path: Path) -> None:
    parts = bundle.parts(stamped, "YT-1", [], signing_key(tmp_path / "keys"))
    bundle.write_folder(tmp_path / "out", parts)
    shutil.copy(authority.ca, tmp_path / "ca.pem")
    command = [
        sys.executable,
        "-m",
        "recordings",
        "verify",
        "..",
        "--tsa",
        str(tmp_path / "ca.pem"),
    ]
    done = subprocess.run(
        command, cwd=tmp_path / "out/verifier", capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    last = done.stdout.splitlines()[-1]
    assert last.startswith(f"{SESSION}: whole; time stamp of 20")
    assert last.endswith("CN=Test TSA")
