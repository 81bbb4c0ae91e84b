import { beforeEach, describe, expect, it } from 'vitest'
import { bodyOf } from '@/lib/submission'
import { emptyDraft, type Draft } from '@/state/draft'
import { deliver, enqueue, flush, outbox, restoreOutbox, sendAnyway, submissions } from '@/state/outbox'
import { receipts } from '@/state/receipts'
import { session, signOut } from '@/state/session'
import { asked, server, SESSION, type Answer, type Asked } from './uni'

const CREATED = {
  id: 'i1', number: 'YJ-1', title: '路灯坏了', anonymity: 'receipt_only', created_at: '2026-03-02T09:00:00+08:00',
  receipt_code: 'ABCD', rating_code: '123456'
}

function draft(changes: Partial<Draft> = {}): Draft {
  return { ...emptyDraft(), stationCode: 'GRGTB8FW66', stationName: '某站', content: '村口的路灯坏了', anonymity: 'receipt_only', ...changes }
}

/** Sessions always open; what the issues' door says is the test's. */
function issues(answer: (request: Asked, attempt: number) => Answer): void {
  let attempt = 0
  server((request) => {
    if (request.url.endsWith('/sessions')) return { status: 201, body: SESSION }
    attempt += 1
    return answer(request, attempt)
  })
}

function sentKeys(): unknown[] {
  return asked.filter((one) => one.url.endsWith('/issues')).map((one) => one.header['Idempotency-Key'])
}

beforeEach(() => {
  outbox.items = []
  signOut()
})

describe('what was sent and may not have arrived', () => {
  it('arrives at once where there is a network, and leaves its receipt on the phone', async () => {
    issues(() => ({ status: 201, body: CREATED }))
    const created = await deliver(enqueue(bodyOf(draft()), draft()))
    expect(created?.number).toBe('YJ-1')
    expect(outbox.items).toHaveLength(0)
    expect(receipts()[0]).toMatchObject({ code: 'ABCD', number: 'YJ-1', issueId: null })
  })

  it('waits without a network and goes out later under the same key', async () => {
    issues((_request, attempt) => (attempt === 1 ? 'offline' : { status: 201, body: CREATED }))
    const item = enqueue(bodyOf(draft()), draft())
    expect(await deliver(item)).toBeNull()
    expect(outbox.items[0]?.state).toBe('waiting')
    await flush()
    expect(outbox.items).toHaveLength(0)
    const keys = sentKeys()
    expect(keys).toHaveLength(2)
    expect(new Set(keys).size).toBe(1)
  })

  it('is still there after the app was killed', async () => {
    issues(() => 'offline')
    await deliver(enqueue(bodyOf(draft()), draft()))
    outbox.items = []
    restoreOutbox()
    expect(submissions.value[0]?.body.content).toBe('村口的路灯坏了')
  })

  it('waits as long as the server asks', async () => {
    issues(() => ({ status: 429, body: { detail: '慢一点' }, headers: { 'retry-after': '60' } }))
    await deliver(enqueue(bodyOf(draft()), draft()))
    const before = asked.length
    await flush(Date.now() + 10_000)
    expect(asked.length).toBe(before)
    await flush(Date.now() + 61_000)
    expect(asked.length).toBeGreaterThan(before)
  })

  it('is not repeated after a no: a person has to change something', async () => {
    issues(() => ({ status: 422, body: { detail: '太短', errors: [{ field: 'content', message: '太短' }] } }))
    await deliver(enqueue(bodyOf(draft()), draft()))
    expect(outbox.items[0]).toMatchObject({ state: 'failed', error: '太短' })
    const before = asked.length
    await flush()
    expect(asked.length).toBe(before)
  })

  it('is never sent twice by itself under two accounts: a person decides', async () => {
    issues(() => 'offline')
    await deliver(enqueue(bodyOf(draft()), draft()))
    session.signed = { token: 'new', expiresAt: '2099-01-01', accountId: 'somebody-else', roles: [], name: null, guest: true }
    issues(() => ({ status: 201, body: CREATED }))
    await flush()
    expect(outbox.items[0]?.state).toBe('unsure')
    expect(sentKeys()).toHaveLength(1)
    sendAnyway(outbox.items[0]!.id)
    await flush()
    expect(outbox.items).toHaveLength(0)
    expect(new Set(sentKeys()).size).toBe(2)
  })

  it('does not repeat as somebody else when the session ends between two tries', async () => {
    issues((_request, attempt) => (attempt === 1 ? 'offline' : { status: 401, body: { detail: '请登录' } }))
    await deliver(enqueue(bodyOf(draft()), draft()))
    await flush()
    expect(outbox.items[0]?.state).toBe('unsure')
    expect(sentKeys()).toHaveLength(2)
  })

  it('two rounds at the same time send once', async () => {
    issues(() => ({ status: 201, body: CREATED }))
    enqueue(bodyOf(draft()), draft())
    await Promise.all([flush(), flush(), flush()])
    expect(sentKeys()).toHaveLength(1)
  })
})

describe('with more than one asking', () => {
  it('what is on its way is not sent beside itself: not by the clock, not by a second tap', async () => {
    issues(() => ({ status: 201, body: CREATED }))
    const item = enqueue(bodyOf(draft()), draft())
    const [first, again] = await Promise.all([deliver(item), deliver(item), flush()])
    expect([first?.number, again?.number]).toEqual(['YJ-1', 'YJ-1'])
    expect(sentKeys()).toHaveLength(1)
  })

  it('another tab loses nothing that was put aside here, and sees what it sent', async () => {
    issues(() => 'offline')
    const item = enqueue(bodyOf(draft()), draft())
    await deliver(item)
    const here = outbox.items
    outbox.items = []
    restoreOutbox()
    enqueue(bodyOf(draft({ content: '第二个标签页里写的' })), draft())
    outbox.items = here
    restoreOutbox()
    expect(submissions.value.map((one) => one.body.content)).toEqual(['村口的路灯坏了', '第二个标签页里写的'])
    expect(submissions.value[0], 'a form may hold it').toBe(item)
    uni.removeStorageSync('outbox')
    restoreOutbox()
    expect(outbox.items, 'sent from the other tab').toEqual([])
  })

  it('where the phone keeps nothing, what waits stays as long as the page', async () => {
    issues(() => 'offline')
    const room = uni.setStorageSync
    uni.setStorageSync = () => {
      throw new Error('full')
    }
    await deliver(enqueue(bodyOf(draft()), draft()))
    restoreOutbox()
    expect(submissions.value).toHaveLength(1)
    uni.setStorageSync = room
  })
})
