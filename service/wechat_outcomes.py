"""What a call to WeChat that failed means for the caller.

Nothing was sent → RETRY. No answer, or one that cannot be read → UNKNOWN for a message (it may have been accepted),
RETRY for a question. An HTTP status of somebody on the way → 502 and 504 as no answer, since they had handed it on;
all others RETRY (backend facts §4.5). An errcode → its row of the error table.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

from service.wechat import WeChatAway, WeChatError, WeChatFault
from service.wechat_errors import meaning_of
from service.wechat_transport import HttpRefusal, NoAnswer, NotSent

HANDED_ON = frozenset({502, 504})
Answer = TypeVar("Answer")


def outcome_of(ask: Callable[[], Answer], *, lost: WeChatFault = WeChatFault.RETRY, next_step: str = "") -> Answer:
    """Run one call. ``lost``: what it means when nobody knows whether WeChat accepted it.

    Raised outside of the handlers: exceptions of libraries hold addresses with tokens, secrets and codes.

    :raises WeChatError: whenever it failed.
    """
    try:
        return ask()
    except WeChatError as error:
        failure = error
    except NotSent as error:
        failure = WeChatAway() if error.is_open else WeChatError(WeChatFault.RETRY, None, f"not sent: {error}")
    except HttpRefusal as error:
        fault = lost if error.status in HANDED_ON else WeChatFault.RETRY
        failure = WeChatError(fault, None, str(error), next_step=next_step)
    except NoAnswer as error:
        failure = WeChatError(lost, None, f"no answer: {error}", next_step=next_step)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        failure = WeChatError(lost, None, f"unreadable answer ({type(error).__name__})", next_step=next_step)
    raise failure


def read(answer: Any) -> Any:
    """What wechatpy does with the answers to its own calls.

    :raises WeChatError: for an answer with an error number.
    """
    if answer.get("errcode"):
        raise refused(int(answer["errcode"]), answer.get("errmsg"))
    return answer


def refused(errcode: int, errmsg: object) -> WeChatError:
    """WeChat's own words, without what looks like an openid or a token; the ``rid`` stays, its support asks for it."""
    words = re.sub(r"(rid: )?[\w-]{20,}", lambda found: found[0] if found[1] else "…", str(errmsg or ""))
    return WeChatError(meaning_of(errcode, WeChatFault.PERMANENT).fault, errcode, words[:120])
