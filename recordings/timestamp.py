"""RFC 3161 time stamps (时间戳) of a session's seal: somebody else saw it at that time.

``manifest-0002.tsr`` is a time-stamping authority's answer over the SHA-256 of the manifest's
second line, which is its integrity value. It is checked offline, as ``openssl ts -verify`` does.
Only what RFC 3161 and RFC 5652 demand of such a token is read, and whatever else is refused.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from recordings import der
from recordings.der import DerError, Element

_SHA256 = "2.16.840.1.101.3.4.2.1"
_SHA256_DER = bytes.fromhex("0609608648016503040201")
_SIGNED_DATA = "1.2.840.113549.1.7.2"
_TST_INFO = "1.2.840.113549.1.9.16.1.4"
_DIGEST_ATTRIBUTE = "1.2.840.113549.1.9.4"
_CONTENT_ATTRIBUTE = "1.2.840.113549.1.9.3"
_CERTIFICATE_V1 = "1.2.840.113549.1.9.16.2.12"
_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47"
_HASHES: dict[str, tuple[str, hashes.HashAlgorithm]] = {
    _SHA256: ("sha256", hashes.SHA256()),
    "2.16.840.1.101.3.4.2.2": ("sha384", hashes.SHA384()),
    "2.16.840.1.101.3.4.2.3": ("sha512", hashes.SHA512()),
}
_GRANTED = (0, 1)
_FILE = re.compile(r"manifest-(\d{4,9})\.tsr")
_CHAIN = 5
_WRONG = (
    ValueError,
    IndexError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
)


class BadStamp(Exception):
    """It is no time stamp of this, or nobody known made it; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a time stamp says: when, over what, by whom."""

    at: datetime
    sha256: str
    nonce: int | None
    authority: str


def stamp_path(folder: Path, number: int) -> Path:
    """Where the time stamp of the manifest's line ``number`` is."""
    return folder / f"manifest-{number:04d}.tsr"


def stamped_line(name: str) -> int | None:
    """The line a file is the time stamp of; None when its name is no time stamp's."""
    found = _FILE.fullmatch(name)
    return int(found[1]) if found else None


def request(sha256: str, nonce: int) -> bytes:
    """A TimeStampReq over a hash, with the authority's certificate wanted in the answer."""
    algorithm = der.encode(der.SEQUENCE, _SHA256_DER, der.encode(der.NULL))
    imprint = der.encode(der.SEQUENCE, algorithm, der.encode(der.OCTETS, bytes.fromhex(sha256)))
    number = der.encode_number(nonce)
    return der.encode(
        der.SEQUENCE, der.encode_number(1), imprint, number, der.encode(der.BOOLEAN, b"\xff")
    )


def check(answer: bytes, sha256: str, trusted: Iterable[x509.Certificate] | None = None) -> Stamp:
    """Check a TimeStampResp over this hash; what it says.

    Without ``trusted`` certificates it is only shown to be of one piece: anybody could have made
    it. Raises BadStamp.
    """
    try:
        signed = _signed_data(answer)
        stamp = _checked(signed, None if trusted is None else list(trusted))
    except _WRONG as error:
        raise BadStamp(f"is no time stamp: {error}") from None
    if stamp.sha256 != sha256:
        raise BadStamp("is the time stamp of something else")
    return stamp


def certificates(path: Path) -> list[x509.Certificate]:
    """The certificates of a PEM file. Raises ValueError, OSError."""
    return x509.load_pem_x509_certificates(path.read_bytes())


@dataclass(frozen=True, slots=True)
class _Signed:
    """The parts of a CMS SignedData over a TSTInfo."""

    info: bytes
    certificates: list[x509.Certificate]
    signer: list[Element]


def _signed_data(answer: bytes) -> _Signed:
    status, *token = der.only(answer, der.SEQUENCE).parts()
    if status.parts()[0].number() not in _GRANTED or not token:
        raise DerError("the authority refused")
    kind, content = token[0].expect(der.SEQUENCE).parts()
    if kind.oid() != _SIGNED_DATA:
        raise DerError("it is not signed")
    _, _, encapsulated, *rest = der.only(content.expect(0xA0).body, der.SEQUENCE).parts()
    inner, octets = encapsulated.parts()
    if inner.oid() != _TST_INFO:
        raise DerError("it says no time")
    known = [
        x509.load_der_x509_certificate(it.whole)
        for part in rest
        if part.tag == 0xA0
        for it in part.parts()
    ]
    (signer,) = rest[-1].expect(der.SET).parts()
    info = der.only(octets.expect(0xA0).body, der.OCTETS).body
    return _Signed(info, known, signer.expect(der.SEQUENCE).parts())


def _checked(signed: _Signed, trusted: list[x509.Certificate] | None) -> Stamp:
    stamp = _said(signed.info)
    _, sid, digest, attributes, _, signature, *_ = signed.signer
    name, algorithm = _hash(digest)
    values = _attributes(attributes.expect(0xA0))
    if values[_CONTENT_ATTRIBUTE].oid() != _TST_INFO:
        raise DerError("its signature is of something else")
    if values[_DIGEST_ATTRIBUTE].expect(der.OCTETS).body != hashlib.new(name, signed.info).digest():
        raise BadStamp("was changed: what it says is not what was signed")
    certificate = _signer(signed.certificates, sid, values)
    # What is signed is the set itself, not the place it has in the token.
    _verify(
        certificate, signature.expect(der.OCTETS).body, b"\x31" + attributes.whole[1:], algorithm
    )
    _check_purpose(certificate, stamp.at)
    if trusted is not None:
        _check_chain(certificate, signed.certificates, trusted, stamp.at)
    return Stamp(stamp.at, stamp.sha256, stamp.nonce, certificate.subject.rfc4514_string())


def _said(info: bytes) -> Stamp:
    _, _, imprint, _, moment, *rest = der.only(info, der.SEQUENCE).parts()
    algorithm, hashed = imprint.parts()
    if algorithm.parts()[0].oid() != _SHA256:
        raise DerError("it is over a hash that is not SHA-256")
    text = moment.expect(der.GENERALIZED_TIME).body.decode("ascii")
    whole, _, fraction = text.removesuffix("Z").partition(".")
    at = datetime.strptime(whole, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    at = at.replace(microsecond=int(fraction.ljust(6, "0")[:6] or 0))
    nonce = next((it.number() for it in rest if it.tag == der.INTEGER), None)
    return Stamp(at, hashed.expect(der.OCTETS).body.hex(), nonce, "")


def _hash(algorithm: Element) -> tuple[str, hashes.HashAlgorithm]:
    ident = algorithm.expect(der.SEQUENCE).parts()[0].oid()
    if ident not in _HASHES:
        raise DerError(f"the hash {ident} is not known here")
    return _HASHES[ident]


def _attributes(part: Element) -> dict[str, Element]:
    found = {}
    for attribute in part.parts():
        name, values = attribute.parts()
        (found[name.oid()],) = values.expect(der.SET).parts()
    if not {_CONTENT_ATTRIBUTE, _DIGEST_ATTRIBUTE} <= found.keys():
        raise DerError("its signature binds nothing")
    return found


def _signer(
    known: list[x509.Certificate], sid: Element, values: dict[str, Element]
) -> x509.Certificate:
    """The certificate that is named by the token and, by its hash, by what was signed."""
    if sid.tag != der.SEQUENCE:
        raise DerError("its signer is named in an unknown way")
    issuer, serial = sid.parts()
    for one in known:
        if one.serial_number == serial.number() and one.issuer.public_bytes() == issuer.whole:
            if _bound_hash(values) not in (one.fingerprint(it) for it in _bound_by(values)):
                raise BadStamp("is signed for another certificate")
            return one
    raise DerError("the certificate of its signer is missing")


def _bound_by(values: dict[str, Element]) -> Iterator[hashes.HashAlgorithm]:
    if _CERTIFICATE_V2 not in values:
        yield hashes.SHA1()  # noqa: S303  (ESSCertID of RFC 2634 knows no other)
        return
    first = values[_CERTIFICATE_V2].parts()[0].parts()[0].parts()[0]
    yield hashes.SHA256() if first.tag == der.OCTETS else _hash(first)[1]


def _bound_hash(values: dict[str, Element]) -> bytes:
    bound = values.get(_CERTIFICATE_V2) or values.get(_CERTIFICATE_V1)
    if bound is None:
        raise DerError("its signature names no certificate")
    parts = bound.parts()[0].parts()[0].parts()
    return next((it.body for it in parts if it.tag == der.OCTETS), b"")


def _verify(
    certificate: x509.Certificate, signature: bytes, message: bytes, algorithm: hashes.HashAlgorithm
) -> None:
    key = certificate.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, message, padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, message, ec.ECDSA(algorithm))
        else:
            raise DerError("its signature is of a kind not known here")
    except InvalidSignature:
        raise BadStamp("was changed: its signature does not fit") from None


def _check_purpose(certificate: x509.Certificate, at: datetime) -> None:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE])
    if ExtendedKeyUsageOID.TIME_STAMPING not in usage:
        raise BadStamp("is signed with a certificate that is not for time stamps")
    _check_valid(certificate, at)


def _check_valid(certificate: x509.Certificate, at: datetime) -> None:
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        raise BadStamp("was made when a certificate was not valid")


def _check_chain(
    certificate: x509.Certificate,
    between: list[x509.Certificate],
    trusted: list[x509.Certificate],
    at: datetime,
) -> None:
    for _ in range(_CHAIN):
        if certificate in trusted:
            return
        issuer = next((one for one in [*trusted, *between] if _issued(one, certificate)), None)
        if issuer is None:
            break
        _check_valid(issuer, at)
        certificate = issuer
    raise BadStamp("is signed by nobody who is trusted")


def _issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
        limits = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value
    except (InvalidSignature, ValueError, TypeError, x509.ExtensionNotFound):
        return False
    return limits.ca
