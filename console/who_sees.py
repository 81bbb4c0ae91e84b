"""Who may see what (谁能看什么), in words, for those who hand out roles. The rules themselves are the domain's (rulebook §12)."""

from __future__ import annotations

from service.accounts.roles import Role

WHO_SEES: dict[Role, str] = {
    Role.DEPUTY: "交给本人的事项：原话、地点和照片。反映人的身份默认隐去；群众同意实名的，写明理由才能查看，本人看得到。",
    Role.STATION_CLERK: "本站的事项、接待日和预约、编码。反映人的身份默认隐去，写明理由才能查看，本人看得到。",
    Role.STATION_HEAD: "与联络站工作人员相同；还能确认驻站代表和本站工作人员的身份。",
    Role.TOWNSHIP: "本镇街各联络站的事项。反映人的身份默认隐去；群众同意的，写明理由才能查看。",
    Role.DISTRICT: "全区的事项和统计。反映人的身份默认隐去；群众同意的，写明理由才能查看。",
    Role.GOVERNMENT_OFFICE: "需要区政府办协调的事项，看不到反映人是谁。",
    Role.UNIT_CLERK: "交给本单位的事项。原话和地点要群众同意转交才看得到，否则是隐去个人信息后的内容。",
    Role.UNIT_LEADER: "与承办单位经办人相同；还能签发办理结果。",
    Role.REVIEWER: "等待审核的内容，看不到反映人是谁。",
    Role.COMMITTEE: "全区的事项和统计，只读；看不到反映人是谁。",
    Role.AUDITOR: "日志，看不到事项的内容。",
    Role.ADMIN: "账号、设置和运行情况，看不到事项的内容。",
}
