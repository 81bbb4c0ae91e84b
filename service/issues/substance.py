"""Does a result say what was done? "已办结" says nothing (rulebook §9.1.12: a result has a text and evidence). Pure."""

from __future__ import annotations

import re

LEAST_CHARS = 10
LEAST_SAID = 2
_SAYING_NOTHING = re.compile(
    r"已经|已|均|全部|都|现|现场|本|我|单位|该|此|群众|反映|的|事项|问题|情况|诉求|按照|要求|进行|得到|予以|及时|妥善|圆满"
    r"|办结|办理|办完|处理|处置|完成|解决|完毕|落实|整改|到位|结束|好了|了|特此|回复|答复|反馈|汇报|[\W_\d]+"
)


def says_something(text: str) -> bool:
    """Whether anything is left of ``text`` once the stock phrases of reports are taken out."""
    return len(text.strip()) >= LEAST_CHARS and len(_SAYING_NOTHING.sub("", text)) >= LEAST_SAID
