/** Sentences for those who work here: deputies, stations, units and offices on the phone. */

export const office = {
  queue: {
    title: '还没有发出的办理',
    waiting: '已经记在手机里。连上网络后自动发送，只发一次，请不要重做。',
    sending: '正在发送…',
    kept: '网络不通，已经记在手机里，连上后自动发送。',
    otherPerson: '这是另一个账号写的，请用原来的账号登录。',
    gone: '这件事已经不在您这里了，可能转给了别人。您写的内容还在，可以复制。',
    failed: (detail: string) => `没有被收下：${detail}`,
    conflict: '刚才有别人先处理了这件事。您写的内容还在，请看过以后再决定要不要提交。',
    changed: '这段时间里：',
    nothing: '情况有了变化。',
    now: (state: string, who: string) => (who ? `现在：${state}，由${who}负责` : `现在：${state}`),
    stillOpen: (action: string) => `看过以后，还可以再次提交“${action}”。`,
    notOpen: (action: string) => `现在已经不能再做“${action}”。您可以复制写好的内容。`,
    again: '按最新情况再发一次',
    edit: '修改后再发',
    copy: '复制我写的内容',
    open: '打开这件事',
    drop: '不发了',
    dropAsk: '删除这一步还没有发出的办理？您写的内容也会删除。',
    line: (action: string, number: string) => `${action} · ${number}`,
    photos: (count: number) => `附 ${count} 张照片`,
    mark: '待发送'
  },
  box: {
    views: {
      todo: '待我处理', open: '跟进中', answered: '已答复', all: '全部', station: '本站', unit: '本单位', district: '全辖区'
    } as Record<string, string>,
    viewLabel: '看哪些',
    filters: { overdue: '已超时', due_soon: '三天内到期', urgent: '紧急' } as Record<string, string>,
    filterLabel: '只看',
    sorts: { due: '按时限', newest: '按时间，新的在前', oldest: '按时间，旧的在前', followers: '按反映人数' } as Record<string, string>,
    sort: '排序',
    search: '输入词语或编号查找',
    find: '查找',
    clear: '清除条件',
    filter: '筛选',
    filterOn: (count: number) => `筛选（${count}）`,
    empty: '这里没有事项。',
    emptyFiltered: '没有符合条件的事项。',
    todoCount: (count: number) => (count ? `等您处理 ${count} 件` : '没有等您处理的事'),
    overdueCount: (count: number) => `其中 ${count} 件已超时`,
    refreshed: (at: string) => `更新于 ${at}`,
    refresh: '刷新',
    photoOf: (title: string) => `照片：${title}`
  },
  toPages: {
    receptions: '接待日', leave: '请假', record: '我的履职', register: '代群众登记', settings: '设置'
  },
  past: {
    title: '我以前的答复',
    hint: '您自己对类似事项说过的话。选一条，再按实际情况改。',
    use: '用这一条',
    line: (number: string, at: string) => `${number} · ${at}`
  },
  result: {
    title: '单位的办理情况',
    hint: '群众看到的是您自己的话，请不要照抄。'
  },
  preview: {
    to: '群众会看到您的原话，并收到提醒。',
    photos: (count: number) => `附照片 ${count} 张`
  },
  person: {
    title: '群众的联系方式',
    masked: (name: string, phone: string) => [name, phone].filter(Boolean).join(' '),
    anonymous: '群众选择不留身份，只能在这里留言。',
    hidden: '您看不到群众的身份。',
    none: '群众没有留下联系方式。',
    reveal: '查看姓名和电话',
    reason: '为什么要看？（群众会看到您看过和理由）',
    reasonHint: '例如：需要上门核实情况',
    show: '查看',
    shown: '已经记录。群众会看到您看过。',
    mayContact: '群众同意联系',
    mayNotContact: '群众没有同意主动联系，请先留言。'
  },
  triage: {
    title: '分拣提示',
    alike: (number: string, why: string) => `可能和 ${number} 是同一件事：${why}`,
    openAlike: '打开那一件',
    suggestion: (title: string, why: string) => `建议类别：${title}${why ? `（${why}）` : ''}`,
    channel: (title: string) => `来源：${title}`,
    channels: {
      SCAN: '扫码', RECEPTION: '接待日', HOME_VISIT: '入户走访', YARD_MEETING: '坝坝会', PHONE: '电话', PAPER: '纸质登记', GRID_WORKER: '网格员'
    } as Record<string, string>
  },
  receptions: {
    title: '接待日',
    mine: '由我接待',
    others: '本站其他接待日',
    planned: '还没有公告',
    open: '正在接待',
    announced: '已公告',
    none: '还没有安排。接待日由联络站安排和公告。',
    booked: (count: number, most: number | null) => (most ? `预约 ${count} 人，最多 ${most} 人` : `预约 ${count} 人`),
    nobody: '还没有人预约。',
    person: (name: string) => name || '没有留姓名',
    topic: (topic: string) => `想谈：${topic}`,
    noTopic: '没有写想谈什么',
    masked: '姓名已隐去，到站时由工作人员接待登记。',
    show: '看预约的人',
    doubt: (why: string) => `（${why}）`,
    reveal: '需要姓名和电话，请在电脑工作台写明理由后查看。',
    theme: (theme: string) => `主题：${theme}`
  },
  leave: {
    title: '请假',
    mine: '我的请假',
    station: '本站代表请假',
    none: '没有请假。',
    line: (from: string, to: string) => (from === to ? from : `${from} 至 ${to}`),
    substitute: (name: string) => `由 ${name} 代表接续`,
    noSubstitute: '没有委托，由候补代表、值班代表或站长接续',
    take: '我要请假',
    from: '从哪天开始',
    to: '到哪天（含当天）',
    who: '委托哪位代表',
    nobody: '不委托',
    nobodyHint: '由候补代表、当日值班代表或站长接续',
    reason: '原因',
    reasonHint: '只有您和办理请假的人看得到',
    explain: '请假期间，手上的和新来的意见都由受托代表接续，期限不变。取消请假立刻恢复。',
    send: '提交请假',
    sent: '已经登记。请假期间由受托代表接续。',
    cancel: '取消请假',
    cancelAsk: '取消后，新的意见立刻又会交给您。',
    cancelled: '已经取消。',
    wrongDays: '结束的日期不能早于开始的日期。'
  },
  record: {
    title: '我的履职',
    page: '群众看到的我',
    pageHint: '姓名、职务、选区、简介和接待时间对外公开；手机号、住址从不公开。要修改，请联系联络站或区人大代表工委。',
    noIntroduction: '还没有简介。',
    groups: '小组',
    stations: '驻站',
    numbers: '我的数字',
    numbersHint: '只有您自己看得到，不排名，不和别人比较。',
    nothing: '还没有',
    countUnit: '件',
    value: (value: number, unit: string) => `${value} ${unit}`,
    sample: (count: number) => `按 ${count} 件计算`,
    asOf: (at: string) => `统计到 ${at}`
  },
  register: {
    title: '代群众登记',
    station: '登记到哪个站',
    explain: '替来站、来电或者走访遇到的群众登记。登记后把查询码交给群众本人。',
    channel: '从哪里来',
    consent: '已经口头征得群众同意，并念过隐私政策',
    consentNeeded: '请先口头征得群众同意。',
    content: '群众反映什么事？',
    anonymity: '谁会知道这位群众是谁？',
    name: '群众怎么称呼',
    phone: '群众的手机号',
    send: '登记',
    handOver: '请把查询码抄给或者打印给群众本人，然后从这台手机删除。',
    noCode: '这个站还没有可用的码，请先在工作台新建。',
    waiting: '已经记在手机里，连上网络后自动登记。到“我的反映”里看查询码，交给群众本人。'
  }
} as const
