"""What is taken for a photo of evidence, how much of it, and what is said of the rest."""

from collections.abc import Mapping
from types import MappingProxyType

from signaling.errors import Conflict, UserError

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 50_000_000
"""The largest that a phone takes in its usual mode; a picture that says it is larger is refused."""
LONGEST = 4096
"""Pixels of the longer side that is kept: a page of A4 at 350 dots an inch."""
SMALL = 320
"""Pixels of the longer side of what a strip shows."""
MOST_CAPTION = 60
MOST_OF_ONE = 20
MOST_OF_SESSION = 60

_MB = MOST_BYTES // (1024 * 1024)
WORDS: Mapping[str, str] = MappingProxyType(
    {
        "photo_empty": "没有收到照片，请重新拍照或选一张。",
        "photo_too_large": f"照片太大，最多 {_MB} MB。请用手机相机重新拍一张，或选小一点的。",
        "photo_too_many_pixels": "照片的尺寸太大，请用手机相机的普通模式重新拍一张。",
        "photo_heic": "这是 HEIC 格式的照片，暂时打不开。请在手机“设置 → 相机 → 格式”里选"
        "“兼容性最佳”后重新拍，或者把它截屏，再选截屏的图片。",
        "photo_kind": "这不是照片文件。请拍照，或选 JPEG、PNG、WebP 格式的图片。",
        "photo_unreadable": "这张照片打不开，可能没有传完或已损坏，请重新拍照或另选一张。",
    }
)


class BadPhoto(UserError):
    """It is no photo that can be kept; ``WORDS`` has the codes."""

    def __init__(self, code: str) -> None:
        super().__init__(code, WORDS[code])


class CaptionTooLong(UserError):
    """The words under the photo are too many, or no text."""

    code = "caption_too_long"
    message = f"照片说明最多 {MOST_CAPTION} 个字。"


class TooManyPhotos(Conflict):
    """Enough of one person, or of one session."""

    code = "too_many_photos"
    message = f"每人最多交 {MOST_OF_ONE} 张、一次会话最多 {MOST_OF_SESSION} 张照片，已经满了。"


class OneAtATime(Conflict):
    """The photo before is still arriving."""

    code = "photo_on_the_way"
    message = "上一张照片还在上传，请等它传完。"


class NotKept(UserError):
    """The disk or the key service refuses."""

    code = "photo_not_kept"
    message = "照片暂时存不进去，没有保存。请过一会儿再试，或告诉调解员。"


class PhotoShown(Conflict):
    """Others have seen it: what they have seen is not made undone by its giver."""

    code = "photo_shown"
    message = "这张照片已经给大家看过，不能收回。需要收起的，请告诉调解员。"


class WordsWanted(UserError):
    """What everybody has seen is put away for a reason that is written down."""

    code = "say_why"
    message = "请写明为什么收起这张照片。"


class PhotoMissing(UserError):
    """The row is there, its file is not or is damaged: somebody must look."""

    code = "photo_missing"
    message = "这张照片的文件无法读取，请联系管理员。"


def check_room(of_one: int, of_session: int) -> None:
    """Raise TooManyPhotos when no other photo may be given."""
    if of_one >= MOST_OF_ONE or of_session >= MOST_OF_SESSION:
        raise TooManyPhotos
