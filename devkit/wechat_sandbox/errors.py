"""WeChat's way of saying no: HTTP 200 with a number and an English half sentence."""


class WeChatError(Exception):
    """One refusal; `errcode` as WeChat numbers it."""

    def __init__(self, errcode: int, errmsg: str) -> None:
        super().__init__(f"{errcode} {errmsg}")
        self.errcode = errcode
        self.errmsg = errmsg

    def body(self) -> dict[str, object]:
        """The JSON body WeChat sends."""
        return {"errcode": self.errcode, "errmsg": self.errmsg}
