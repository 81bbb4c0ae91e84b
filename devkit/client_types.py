"""The client's types: the API's own document becomes TypeScript, then every file of the client is held against it."""

import json
import sys

from devkit.node import CLIENT, find_node, install_packages, run, tool
from devkit.terminal import CommandFailed, complain
from miniprogram_api.document import openapi_document


def check_types() -> None:
    """The API's types from its own document, then every file of the client against them.

    :raises CommandFailed: with what does not fit.
    """
    node = find_node()
    install_packages(node)
    folder = CLIENT / "src" / "api"
    (folder / "openapi.json").write_text(json.dumps(openapi_document(), ensure_ascii=False), "utf-8")
    generate = tool(node, "openapi-typescript", "bin/cli.js")
    run(
        node,
        [*generate, "src/api/openapi.json", "-o", "src/api/schema.d.ts", "--default-non-nullable=false"],
        "没能生成接口类型：",
    )
    run(node, [*tool(node, "vue-tsc", "bin/vue-tsc.js"), "--noEmit"], "客户端的类型不对：")


def main() -> int:
    """0 when everything fits."""
    try:
        check_types()
    except CommandFailed as failure:
        complain(str(failure))
        return failure.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
