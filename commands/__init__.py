"""The operators' commands: ``flask --app app <command>``. Other parts of the service add theirs to :data:`COMMANDS`.

Here are their names alone. Every web process makes the application that carries them, and none runs one: what a command
needs is imported when it is typed.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click
from flask import Flask


class Later(click.Command):
    """A command by name and title; the real one is imported when it is called, or asked for its own ``--help``."""

    def __init__(self, name: str, place: str, title: str) -> None:
        super().__init__(name, help=title, short_help=title)
        self.place = place
        """``module.attribute`` below ``commands``."""

    def real(self) -> click.Command:
        module, _, attribute = self.place.rpartition(".")
        found: click.Command = getattr(import_module(f"commands.{module}"), attribute)
        return found

    def make_context(self, *arguments: Any, **options: Any) -> click.Context:
        """The context of the real command: whoever holds it invokes that one."""
        return self.real().make_context(*arguments, **options)


COMMANDS = [
    Later("db", "migrating.db", "更新数据库的表：db upgrade"),
    Later("create-staff", "staff.create_staff", "登记一名工作人员或代表，显示一次邀请码"),
    Later("revoke-staff", "identities.revoke_staff", "解除一名工作人员或代表的身份"),
    Later("desk-code", "identities.desk_code", "发一次性的工作台登录设置码"),
    Later("parked", "parking.parked", "列出多次失败后搁置的任务、推送、图片和停用中的渠道"),
    Later("requeue", "repairs.requeue", "让一条搁置的任务重新执行"),
    Later("requeue-push", "repairs.requeue_push", "让一条没有送达的推送重新发送"),
    Later("requeue-pushes", "repairs.requeue_pushes", "让同一状态的未送达推送全部重新发送"),
    Later("templates", "messages.templates", "列出消息模板、缺少的模板 id 和示例"),
    Later("set-template", "messages.set_template", "填写本区一个消息模板的 id"),
    Later("requeue-upload", "repairs.requeue_upload", "让一张搁置的图片重新处理"),
    Later("requeue-mini-code", "repairs.requeue_mini_code", "让一个没有取到的小程序码重新获取"),
    Later("requeue-check", "repairs.requeue_check", "让微信再检查一次没有结果的内容"),
    Later("reencrypt", "keys.reencrypt", "把旧字段密钥加密的内容改用最新的密钥"),
    Later("backup", "backups.backup", "备份数据库和照片（SQLite）"),
    Later("restore", "backups.restore", "用备份恢复（SQLite）"),
    Later("after-restore", "backups.after_restore", "用别的办法恢复之后：编号不重复，消息不重发"),
    Later("verify-ledger", "ledger.verify_ledger", "检查存证链"),
    Later("import-territory", "imports.import_territory", "导入镇街和村社"),
    Later("posters", "posters.posters", "打印联络站的海报"),
    Later("reindex-search", "upkeep.reindex_search", "重建搜索索引和数量"),
    Later("import-roster", "imports.import_roster_command", "导入名册"),
    Later("import-register", "imports.import_register_command", "导入历史登记册"),
    Later("train-categories", "training.train_categories", "训练类别模型"),
    Later("export-territory", "exports.export_territory", "导出镇街和村社"),
    Later("export-roster", "exports.export_roster", "导出名册"),
    Later("export-register", "exports.export_register", "导出历史登记册"),
]


def register(app: Flask) -> None:
    for command in COMMANDS:
        app.cli.add_command(command)
