import { beforeEach, describe, expect, it } from 'vitest'
import type { Action, Issue } from '@/api/types'
import { queryText } from '@/api/client'
import { conflictOf } from '@/lib/conflict'
import { missingIn, emptyRegistration, draftOf, registrationBody } from '@/lib/registering'
import { nothingWanted, queryOf, viewsOf } from '@/lib/work_boxes'
import { keepForm, keptForm, placeOf, worthKeeping } from '@/state/action_drafts'
import { deliver, doings, enqueueDoing, flush, outbox, restoreOutbox, sendAnyway, type Doing } from '@/state/outbox'
import { session } from '@/state/session'
import { asked, server, type Answer } from './uni'

const ME = { token: 't', expiresAt: '2099-01-01T00:00:00+08:00', accountId: 'deputy-1', roles: ['deputy'], name: '张', guest: false }
const CURRENT = {
  id: 'i1', number: 'YJ-1', version: 5, state_title: '代表跟进中', responsible: { role: 'deputy', name: '代表 李四' },
  history: [
    { seq: 3, at: '2026-03-02T09:00:00+08:00', action: 'accept', title: '受理', actor: { role: 'deputy', name: '代表 张三' }, note: null },
    { seq: 4, at: '2026-03-02T10:00:00+08:00', action: 'ask_info', title: '请群众补充', actor: { role: 'station_head', name: '站长' }, note: '哪一栋？' }
  ],
  actions: [{ name: 'answer', title: '当场答复', fields: [] }]
} as unknown as Issue

function doing(text = '已经去看过了'): Doing {
  const body = { action: 'answer', version: 3, text }
  const photos = [{ id: 'p1', key: 'k1', uploadId: 'u1' }]
  return enqueueDoing({ issueId: 'i1', receipt: '', number: 'YJ-1', title: '路灯', actionTitle: '当场答复', body, values: { text }, seen: 3 }, photos)
}

/** What the door of actions says, try by try. */
function actions(...answers: Answer[]): void {
  let tries = 0
  server((request) => {
    if (!request.url.endsWith('/actions')) return { status: 500 }
    tries += 1
    return answers[Math.min(tries, answers.length) - 1]!
  })
}
const sent = () => asked.filter((one) => one.url.endsWith('/issues/i1/actions'))

beforeEach(() => {
  outbox.items = []
  Object.assign(session, { signed: { ...ME }, lost: false })
})

describe('a step taken without a network', () => {
  it('waits with its photo, key and version, over a restart, and is the same request later', async () => {
    actions('offline', { status: 503, body: {} }, { status: 200, body: CURRENT })
    expect(await deliver(doing())).toBeNull()
    outbox.items = []
    restoreOutbox()
    expect(doings.value[0]).toMatchObject({ state: 'waiting', owner: 'deputy-1' })
    await flush()
    await Promise.all([flush(), flush()])
    expect(doings.value).toHaveLength(0)
    expect(sent()).toHaveLength(3)
    expect(new Set(sent().map((one) => one.header['Idempotency-Key'])).size).toBe(1)
    for (const one of sent()) expect(one.data).toEqual({ action: 'answer', version: 3, text: '已经去看过了', upload_ids: ['u1'] })
  })

  it('is taken in nobody else’s name: another account leaves it, the same one sends it', async () => {
    actions('offline', { status: 200, body: CURRENT })
    await deliver(doing())
    session.signed = { ...ME, accountId: 'somebody-else' }
    await flush()
    expect(sent()).toHaveLength(1)
    expect(doings.value[0]?.error).toContain('原来的账号')
    session.signed = { ...ME, token: 'newer' }
    await flush()
    expect(doings.value).toHaveLength(0)
  })

  it('waits when the session has ended, and asks to sign in', async () => {
    actions({ status: 401, body: { detail: '登录已失效' } }, { status: 200, body: CURRENT })
    await deliver(doing())
    expect([doings.value[0]?.state, session.lost]).toEqual(['waiting', true])
    Object.assign(session, { signed: { ...ME }, lost: false })
    await flush()
    expect(sent()).toHaveLength(2)
    expect(doings.value).toHaveLength(0)
  })
})

describe('a step that somebody overtook', () => {
  it('is not sent again by itself, says what changed, and goes again only when a person wants, against what is now', async () => {
    actions({ status: 409, body: { detail: '有新的进展', current: CURRENT } }, { status: 200, body: CURRENT })
    await deliver(doing())
    const item = doings.value[0]!
    expect(item.state).toBe('conflict')
    expect(item.conflict?.changed).toEqual([{ at: '2026-03-02T10:00:00+08:00', by: '站长', title: '请群众补充', note: '哪一栋？' }])
    expect(item.conflict).toMatchObject({ stateTitle: '代表跟进中', who: '代表 李四', open: true })
    expect(item.values.text).toBe('已经去看过了')
    await flush()
    expect(sent()).toHaveLength(1)
    sendAnyway(item.id)
    await flush()
    expect((sent()[1]!.data as { version: number }).version).toBe(5)
    expect(sent()[1]!.header['Idempotency-Key']).not.toBe(sent()[0]!.header['Idempotency-Key'])
    expect(doings.value).toHaveLength(0)
  })

  it('that is no longer possible says so', () => {
    expect(conflictOf(CURRENT, 'accept', 4)).toMatchObject({ open: false, changed: [], seen: 4 })
  })

  it('on a matter that went to somebody else keeps the words and says where it went', async () => {
    actions({ status: 404, body: { detail: '没有找到' } })
    await deliver(doing())
    expect(doings.value[0]).toMatchObject({ state: 'failed', values: { text: '已经去看过了' } })
    expect(doings.value[0]?.error).toContain('不在您这里')
  })
})

describe('half-filled forms', () => {
  it('keep words and photos, not what must be chosen anew, and go when nothing is left', () => {
    const assign = { name: 'assign', title: '交办', fields: [{ name: 'unit_id', type: 'id', required: true }, { name: 'reason', type: 'text', required: false }] } as unknown as Action
    const place = placeOf('assign', 'i1')
    keepForm(place, { values: worthKeeping(assign, { unit_id: 'x', reason: '路面' }), photos: [] })
    expect(keptForm(place)).toEqual({ values: { reason: '路面' }, photos: [] })
    keepForm(place, { values: { reason: '' }, photos: [] })
    expect(keptForm(place)).toBeNull()
  })
})

describe('the workbench', () => {
  it('offers each role its views, what waits first', () => {
    const names = (...roles: string[]) => viewsOf(roles).map((one) => one.name)
    expect(names('resident', 'deputy')).toEqual(['todo', 'open', 'answered', 'all'])
    expect(names('resident', 'station_clerk')).toEqual(['todo', 'station'])
    expect(names('deputy', 'station_head')).toEqual(['todo', 'answered', 'all', 'station'])
    expect(names('unit_leader')).toEqual(['todo', 'unit'])
    expect(names('committee')).toEqual(['district'])
    expect(names('resident')).toEqual([])
  })

  it('asks for what is chosen, each state once', () => {
    const [, , answered] = viewsOf(['deputy'])
    const query = queryOf(answered!, { ...nothingWanted(), flags: ['urgent'], words: ' 路灯 ' }, null)
    expect(query).toEqual({ box: 'deputy', sort: 'newest', limit: 20, state: ['feedback_given', 'closed', 'archived'], urgent: true, q: '路灯' })
    expect(queryText({ state: ['a', 'b'], none: null })).toBe('?state=a&state=b')
  })
})

describe('registering for somebody else', () => {
  it('needs their spoken consent, and says who typed it', () => {
    const form = { ...emptyRegistration(), content: '路灯坏了三天', anonymity: 'receipt_only' as const, channel: 'PHONE' as const }
    expect(Object.keys(missingIn(form, false))).toEqual(['consent'])
    const body = registrationBody(form, draftOf(form, 'GRGTB8FW66', '某站', []))
    expect(body).toMatchObject({ on_behalf: { channel: 'PHONE', spoken_consent: true }, contact: null, content: '路灯坏了三天' })
  })
})
