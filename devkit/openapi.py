"""`./dev openapi`: writes the OpenAPI document, without a database and without a running instance."""

import json
import sys

from miniprogram_api.document import openapi_document


def main(_arguments: list[str]) -> int:
    """Print the document as JSON."""
    json.dump(openapi_document(), sys.stdout, ensure_ascii=False, indent=2)
    print()
    return 0
