"""``python -m devkit.demo``: bring the tables up to date and load the demo district into them; safe to repeat.

One process for both: starting another one takes longer than either.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from flask_migrate import upgrade

from config.settings import Settings
from devkit.demo.loading import load, notes, write_notes
from service.bootstrap import core, create_core
from service.db import db


def main() -> int:
    directory = os.environ.get("MSDB_DATA_DIR")
    if not directory:
        print("MSDB_DATA_DIR is not set: where should demo.json go?", file=sys.stderr)
        return 2
    app = create_core(Settings.from_env())
    with app.app_context():
        upgrade()
        written = load(db.session(), now=core().clock(), vault=core().vault)
        db.session.commit()
        content = notes(core().settings.public_base_url)
        path = write_notes(Path(directory), content)
    print(f"演示数据就绪:新增 {written} 行,{len(content['sign_ins'])} 个演示账号,登录内容见 {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
