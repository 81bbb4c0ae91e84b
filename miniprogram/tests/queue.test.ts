import { beforeEach, describe, expect, it, vi } from 'vitest'
import { drop } from '@/lib/photo_files'
import { deliver, enqueue, enqueueDoing, enqueueLeave, enqueueSaying, flush, leaveWishes, outbox, restoreOutbox, sayings, throwAway } from '@/state/outbox'
import { session } from '@/state/session'
import { asked, server, type Answer } from './uni'

vi.mock('@/lib/photo_files', async (original) => ({ ...(await original<object>()), drop: vi.fn(async () => undefined) }))

const ME = { token: 't', expiresAt: '2099-01-01T00:00:00+08:00', accountId: 'deputy-1', roles: ['deputy'], name: '张', guest: false }
const MESSAGE = { id: 'm1', text: '先写下', at: '2026-03-02T09:00:00+08:00', author: { role: 'deputy', name: '张三' }, photos: [], held: false }

function answers(end: string, ...told: Answer[]): void {
  let tries = 0
  server((request) => (request.url.endsWith(end) ? told[Math.min((tries += 1), told.length) - 1]! : { status: 500 }))
}

const sent = (end: string) => asked.filter((one) => one.url.endsWith(end))
const byAccount = { issueId: 'i1', receipt: '', number: 'YJ-1', title: '路灯' }
const byCode = { issueId: '', receipt: 'A'.repeat(20), number: 'YJ-1', title: '路灯' }

beforeEach(() => {
  outbox.items = []
  Object.assign(session, { signed: { ...ME }, lost: false })
})

describe('words said without a network', () => {
  it('wait over a restart and arrive once, in their author’s name alone', async () => {
    answers('/messages', 'offline', { status: 201, body: MESSAGE })
    expect(await deliver(enqueueSaying({ ...byAccount, text: '先写下' }, []))).toBeNull()
    outbox.items = []
    restoreOutbox()
    session.signed = { ...ME, accountId: 'somebody-else' }
    await flush()
    expect(sent('/messages')).toHaveLength(1)
    session.signed = { ...ME }
    await Promise.all([flush(), flush()])
    expect(sayings.value).toHaveLength(0)
    expect(sent('/messages')).toHaveLength(2)
    expect(new Set(sent('/messages').map((one) => one.header['Idempotency-Key'])).size).toBe(1)
  })

  it('by a receipt code go without a token and without an account', async () => {
    session.signed = null
    answers('/messages', 'offline', { status: 201, body: MESSAGE })
    await deliver(enqueueSaying({ ...byCode, text: '先写下' }, []))
    await flush()
    expect(sayings.value).toHaveLength(0)
    expect(asked.map((one) => [one.url.includes('/sessions'), one.header.Authorization])).toEqual([[false, undefined], [false, undefined]])
    expect(asked[0]!.url).toContain(`/receipts/${byCode.receipt}/messages`)
  })

  it('that are refused stay, with the reason, and are not sent again by themselves', async () => {
    answers('/messages', { status: 409, body: { detail: '这件事已经结束，不能再留言。', current: {} } })
    await deliver(enqueueSaying({ ...byAccount, text: '先写下' }, []))
    expect(sayings.value[0]).toMatchObject({ state: 'failed', text: '先写下', error: '这件事已经结束，不能再留言。' })
    await flush()
    expect(sent('/messages')).toHaveLength(1)
  })
})

describe('an answer by receipt code without a network', () => {
  it('waits with its key and version and goes without a token', async () => {
    answers('/actions', 'offline', { status: 200, body: {} })
    const body = { action: 'supplement', version: 4, text: '三号楼' }
    await deliver(enqueueDoing({ ...byCode, actionTitle: '补充', body, values: { text: '三号楼' }, seen: 2 }, []))
    await flush()
    expect(outbox.items).toHaveLength(0)
    expect(sent('/actions').map((one) => [one.data, one.header.Authorization])).toEqual([[body, undefined], [body, undefined]])
    expect(new Set(sent('/actions').map((one) => one.header['Idempotency-Key'])).size).toBe(1)
  })
})

describe('what is thrown away', () => {
  it('takes its photos along, a submission as well', () => {
    const photos = [{ id: 'p1', key: 'k1', uploadId: null }]
    const { id } = enqueue({} as never, { photos, stationName: '' } as never)
    throwAway(id)
    expect(outbox.items).toHaveLength(0)
    expect(drop).toHaveBeenCalledWith('p1')
  })
})

describe('a leave without a network', () => {
  it('waits and is registered once; refused, it says why', async () => {
    const body = { from_on: '2026-03-02', to_on: '2026-03-03', substitute_id: null, reason: null }
    answers('/leaves', 'offline', { status: 201, body: {} }, { status: 409, body: { detail: '这几天已经请过假。' } })
    await deliver(enqueueLeave(body))
    expect(leaveWishes.value[0]?.state).toBe('waiting')
    await flush()
    expect(leaveWishes.value).toHaveLength(0)
    await deliver(enqueueLeave(body))
    expect(leaveWishes.value[0]).toMatchObject({ state: 'failed', error: '这几天已经请过假。' })
  })
})
