/** Sentences of the public pages, of what a resident can do with their own data, and of place and voice. */

export const open = {
  published: {
    title: '公开的事项',
    lead: '经本人同意、去掉个人信息、审核以后公开。按周显示，不显示是谁反映的。',
    search: '在公开的内容里查找',
    searchGo: '查找',
    category: '只看一个类别',
    everything: '全部类别',
    none: '没有找到公开的事项。换一个词，或者看全部类别。',
    week: (date: string) => `${date}那一周反映`,
    place: '地点',
    station: '联络站',
    outcome: '反映人的评价',
    outcomes: { SATISFIED: '满意', MOSTLY: '基本满意', DISSATISFIED: '不满意' } as Record<string, string>,
    followers: (count: number) => `还有 ${count} 人也遇到`,
    fewFollowers: '也遇到的人数不到 5 人时不显示，以免看出是谁。',
    oneTitle: '公开的一件事',
    number: '编号'
  },
  districts: {
    label: '看哪个区县',
    all: '全部区县'
  },
  statistics: {
    title: '公开统计',
    lead: '只说事情办得怎么样，不排名，也不比较任何一位代表。',
    asOf: (moment: string) => `统计时间：${moment}`,
    notYet: '还没有统计过，明天再来看看。',
    sample: (count: string) => `样本：${count} 件`,
    tooFew: '不足 5 件，不显示',
    method: '怎么算的',
    count: (value: string) => `${value} 件`,
    share: (value: string) => `${value}%`,
    why: '样本太少时，一个数字就可能看出是谁，所以不足 5 件一律不显示。没有评价的事项，不算满意，也不算不满意。'
  },
  deputy: {
    title: '代表公开信息',
    see: '看看这位代表',
    seeOne: (name: string) => `看看代表${name}`,
    groups: '代表小组',
    introduction: '简介',
    stations: '驻站',
    receptions: '接待日',
    noReceptions: '还没有公布这位代表的接待日。',
    report: '向这位代表反映',
    reportHint: '请先选一个联络站，再反映给这位代表。',
    only: '这里只有依法公开的信息。手机号、住址、证件号不公开；请通过联络站联系。',
    former: '现在没有任职。请从联络站选择别的代表。'
  },
  feedback: {
    title: '投诉建议',
    lead: '对这个服务本身有什么意见，请写在这里。要反映身边的事，请回首页点“我要反映”。',
    text: '您的意见',
    contact: '怎么联系您',
    contactHint: '不填也可以，答复会显示在这一页。',
    send: '提交',
    sending: '正在提交…',
    sent: '已经收到，谢谢您。答复会显示在下面。',
    mine: '我提过的和答复',
    none: '您还没有提过。',
    answer: (moment: string) => `${moment} 答复`,
    waiting: '已经收到，还没有答复。',
    to: (station: string) => `由 ${station} 所在的区县答复`
  },
  suspicious: {
    report: '举报可疑的二维码',
    code: (code: string) => `举报可疑的二维码，码是：${code}`,
    text: (first: string) => `${first}\n在哪里看到的（地点、贴在什么上面）：\n什么时候看到的：\n有没有照它填过信息、付过钱：`,
    hint: '下面已经替您写了开头，请补上在哪里看到的，再提交。不要再扫那个码，也不要照它填写信息。已经付了钱的，请马上打 110。',
    call: (station: string, phone: string) => `打电话问${station} ${phone}`
  },
  data: {
    title: '我的数据',
    none: '这台手机还没有在服务器上留下账号，没有数据可以查看。匿名反映的事，任何记录都连不到您，凭查询码查看。',
    consents: '我同意过什么',
    noConsents: '没有同意过任何文件。匿名反映时不记录是谁同意的。',
    documents: { privacy: '隐私政策', phone: '使用手机号', subscription: '接收消息' } as Record<string, string>,
    consent: (document: string, version: string) => `${document}（版本 ${version}）`,
    agreed: (moment: string) => `${moment} 同意`,
    withdrawn: (moment: string) => `${moment} 撤回`,
    withdraw: '撤回同意',
    withdrawAsk: '撤回以后不再按它处理您的信息；已经在办的事照常办，也不会因此拒绝服务。下次反映前会再问您。',
    withdrawDone: '已经撤回。',
    copy: '导出我的数据',
    copyHint: '服务器上关于您的全部内容，一个文件。匿名反映的事不在里面，因为没有任何记录连到您。',
    copied: '已经复制，可以粘贴到备忘录里保存。',
    saved: '文件已经保存。',
    sections: '里面有',
    section: (title: string, count: number) => `${title}：${count} 条`,
    sectionTitles: {
      issues: '反映的事', notices: '通知', bookings: '接待预约', subscriptions: '订阅的消息', uploads: '还没有用的照片', feedback: '投诉建议', devices: '登录的设备', consents: '同意记录'
    } as Record<string, string>,
    devices: '登录的设备',
    device: (label: string, date: string) => `${label}，${date}登录`,
    thisOne: '就是这台',
    signOut: '退出这台设备',
    signOutAsk: '退出以后，那台设备要重新登录。',
    signedOut: '已经退出。',
    seen: '谁看过我的身份',
    seenHint: '每一件署名的事里都写着：谁、什么时候、为什么看过。没有人看过，也会写明。',
    seenGo: '去“我的反映”逐件查看',
    erase: '注销账号',
    eraseWhat: '会删除：称呼、手机号、微信身份、登录、预约里的姓名电话、没有用上的照片。',
    eraseStays: '会留下：您反映的内容和办理经过，但不再知道是谁反映的——别人的事也可能靠它在办。您的同意记录留作凭证，连不到人。',
    eraseNoWayBack: '马上生效，不能恢复。凭查询码仍然能查看和撤回。',
    eraseAsk: '注销账号？',
    eraseYes: '注销，不能恢复',
    erased: '账号已经注销。'
  },
  correct: {
    title: '更正我的称呼和电话',
    name: '账号里的称呼',
    nameHint: '以后反映事情，选了让人知道您是谁、又没有另外写称呼的，就用它。留空就是不保存。',
    save: '保存称呼',
    saved: '称呼已经更正。',
    removed: '称呼已经删除。',
    noPhone: '账号里没有保存您的电话：电话只记在您填过的那一件里。',
    phone: (masked: string) => `账号里的电话 ${masked} 不能在这里改：绑定工作身份要靠它核对。不对的话，请联系邀请您的单位；没有工作身份的，请在“投诉建议”里写明。`,
    byOffice: '工作身份的姓名和手机号由邀请您的单位登记。不对的话，请联系他们更正。',
    submitted: '已经提交的事，称呼和电话仍是当时填的，不会跟着变。哪一件写错了，请打开那一件，在“留言”里写明正确的，或者打电话给联络站。',
    go: '去“我的反映”'
  },
  bookings: {
    title: '我的接待预约',
    none: '现在没有预约。在联络站的页面上可以预约接待日。',
    cancel: '取消预约',
    cancelAsk: '取消以后，位置会留给别人。',
    cancelled: '已经取消预约。',
    calledOff: (reason: string) => `这次接待取消了：${reason}`,
    booked: '您已经预约，请按时到站。',
    looked: (by: string, at: string, why: string) => `${at}，${by}查看了您的姓名和电话，理由：${why}`
  },
  where: {
    here: '用我现在的位置',
    asking: '正在定位…',
    refused: '没有得到位置：手机没有允许，或者信号不好。不要紧，选村社区，或者用文字写在上面。',
    hint: '位置会写进“在什么地方”，您可以改，也可以删。不点就不会定位。',
    text: (latitude: string, longitude: string, metres: number) => `定位 ${latitude},${longitude}（高德、腾讯地图坐标，误差约 ${metres} 米）`,
    written: (point: string) => `已经写上：${point}。可以改，也可以删。`,
    /** Also finds what drafts hold from before: there the datum had its own name. */
    mark: /\s*定位 [\d.,-]+（[^（）]*误差约[^（）]*）/
  },
  aloud: {
    read: '读给我听',
    stop: '别读了',
    findPhone: '找联络站电话',
    typing: '不方便打字？点手机键盘上的话筒，说话就能变成文字。',
    hint: '页面下方有“读给我听”的，点一下就读；没有这个按钮，请用手机自带的读屏。'
  }
} as const
