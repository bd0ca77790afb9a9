"""Proofs as JSON, and the sentence that a task says of one."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from server.proof.rule import Finding, FindingKind, Length, Proof

SENTENCES: Mapping[FindingKind, str] = MappingProxyType(
    {
        FindingKind.NOTHING_RECORDED: "应当录音录像的会话没有任何录音录像。",
        FindingKind.MISSING: "有一段应当录下的声音或画面既没有存下，也没有记录原因。",
        FindingKind.NO_PICTURE: "有人全程没有画面。",
        FindingKind.LOST: "有一段因故障没有录下，原因已记录。",
        FindingKind.OFF_RECORD: "暂停期间仍有录音录像存下。",
        FindingKind.WITHOUT_CONSENT: "未经全体同意时仍有录音录像存下。",
        FindingKind.FILES: "录音录像的文件、链条或签名与封存时不一致。",
        FindingKind.UNREADABLE: "录音录像的文件夹无法读取。",
        FindingKind.ERASED_UNASKED: "录音录像被销毁，但没有两人确认的记录。",
    }
)
_GRAVEST = (
    FindingKind.ERASED_UNASKED,
    FindingKind.WITHOUT_CONSENT,
    FindingKind.OFF_RECORD,
    FindingKind.NOTHING_RECORDED,
    FindingKind.UNREADABLE,
    FindingKind.FILES,
    FindingKind.MISSING,
)


def detail(proof: Proof) -> dict[str, Any]:
    """Return what is stored of a proof beside its state: lengths in seconds, spans in ms."""
    return {
        "lengths": [_length(one) for one in proof.lengths],
        "findings": [_finding(one) for one in proof.findings],
    }


def sentence(proof: Proof) -> str:
    """Return the gravest finding in words."""
    kinds = {one.kind for one in proof.findings}
    return next((SENTENCES[kind] for kind in _GRAVEST if kind in kinds), "")


def _length(one: Length) -> dict[str, Any]:
    return {
        "participant": one.participant,
        "track": one.track.value,
        "expected": round(one.expected, 1),
        "stored": round(one.stored, 1),
    }


def _finding(one: Finding) -> dict[str, Any]:
    told: dict[str, Any] = {"kind": one.kind.value}
    if one.participant:
        told |= {"participant": one.participant, "track": one.track}
    if one.cause:
        told["cause"] = one.cause.value
    if one.spans:
        told["spans"] = [[round(start * 1000), round(end * 1000)] for start, end in one.spans]
    if one.where:
        told |= {"where": one.where, "what": one.what}
    return told
