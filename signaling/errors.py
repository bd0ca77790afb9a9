"""Errors, by audience; each carries a stable code for programs.

    ProtocolError        the message itself is wrong (the program's fault)
    UserError            the person can do something about it; has a sentence in Chinese
      NotAllowed         this role may not do this, here or now
      NotFound           no such thing, or none this person may know of
      Conflict           somebody else was first, or the thing has moved on

Transports map them once; nothing below a transport knows of status codes.
"""


class ProtocolError(Exception):
    """A message that a correct client does not send."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class UserError(Exception):
    """Something that a person can be told and can act on; ``message`` is Chinese."""

    code = "refused"
    message = "操作未完成，请稍后再试。"

    def __init__(self, code: str | None = None, message: str | None = None) -> None:
        self.code = code or type(self).code
        self.message = message or type(self).message
        super().__init__(self.code)


class NotAllowed(UserError):
    """The rights table says no."""

    code = "not_allowed"
    message = "您没有进行此操作的权限。"


class NotFound(UserError):
    """Unknown, or none of this person's business: the answer is the same."""

    code = "not_found"
    message = "没有找到，或您无权查看。"


class Conflict(UserError):
    """The thing has moved on meanwhile."""

    code = "conflict"
    message = "情况已发生变化，页面已更新，请再看一下。"
