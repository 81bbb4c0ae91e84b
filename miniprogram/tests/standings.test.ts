/** Expected from the contract: a code travels without a token; ten wrong ones lock an address out. */
import { beforeEach, describe, expect, it } from 'vitest'
import { network } from '@/lib/online'
import { lineOf, useStandings } from '@/lib/standings'
import { keepReceipt, receipts, type Receipt } from '@/state/receipts'
import { session } from '@/state/session'
import { asked, server, type Answer } from './uni'

const NOW = Date.parse('2026-03-02T09:00:00+08:00')
const codes = ['A', 'B', 'C', 'D', 'E'].map((letter) => letter.repeat(20))

function keep(code: string, standing?: Receipt['standing']): void {
  keepReceipt({ code, ratingCode: '', number: `YJ-${code[0]}`, title: '路灯', stationName: '', anonymity: 'receipt_only', at: '2026-03-01T09:00:00+08:00', issueId: null, standing })
}

function told(state: string, due: string | null = null): Answer {
  return { status: 200, body: { state, state_title: `${state}!`, due_at: due, overdue: false, content: '谁也不该留下的话' } }
}

const look = useStandings(() => undefined, 0)
const lettersAsked = () => asked.map((one) => one.url.slice(-1))

beforeEach(() => {
  network.online = true
  look.looks.failed = {}
  session.signed = { token: 't', expiresAt: '2099-01-01T00:00:00+08:00', accountId: 'a-1', roles: [], name: null, guest: true }
  for (const code of [...codes].reverse()) keep(code)
})

describe('matters only their codes lead to', () => {
  it('are asked for without a token, the newest three, one after the other, and nobody’s words are kept', async () => {
    let underWay = 0
    server(() => {
      expect((underWay += 1)).toBe(1)
      setTimeout(() => (underWay -= 1))
      return told('pending_accept', '2026-03-04T18:00:00+08:00')
    })
    await look.lookAtSome(receipts())
    expect(lettersAsked()).toEqual(['A', 'B', 'C'])
    expect(asked.every((one) => one.header.Authorization === undefined)).toBe(true)
    expect(receipts()[0]!.standing?.line).toEqual({ state: 'pending_accept', state_title: 'pending_accept!', due_at: '2026-03-04T18:00:00+08:00', overdue: false })
    await look.lookAtSome(receipts())
    expect(lettersAsked(), 'what was seen just now is not asked for again').toEqual(['A', 'B', 'C', 'D', 'E'])
  })

  it('that are over, or whose code leads nowhere, are not asked for again', async () => {
    keep(codes[0]!, { line: { state: 'closed', state_title: '已办结', due_at: null, overdue: false }, seenAt: '2026-01-01T00:00:00Z' })
    server((request) => (request.url.endsWith('B') ? { status: 404, body: { detail: '没有找到' } } : told('handling')))
    await look.lookAtSome(receipts())
    expect(lettersAsked()).toEqual(['B', 'C', 'D'])
    expect(receipts().find((one) => one.code === codes[1])!.standing?.line).toBeNull()
    asked.length = 0
    await look.lookAtSome(receipts())
    expect(lettersAsked()).toEqual(['E'])
  })

  it('wait when the page is left, when there is no network, and after the first that fails', async () => {
    server(() => (look.stop(), told('handling')))
    await look.lookAtSome(receipts())
    expect(lettersAsked()).toEqual(['A'])
    server(() => 'offline')
    await look.lookAtSome(receipts())
    expect(lettersAsked()).toEqual(['A', 'B'])
    expect(look.looks.failed[codes[1]!]).toContain('没有看到')
    network.online = false
    await look.lookAtSome(receipts())
    expect(asked).toHaveLength(2)
  })

  it('do not name a date that went by since they were seen', () => {
    const line = { state: 'handling' as const, state_title: '办理中', due_at: '2026-03-02T08:00:00+08:00', overdue: false }
    const seen = (at: string) => ({ ...receipts()[0]!, standing: { line, seenAt: at } })
    expect(lineOf(seen('2026-03-01T09:00:00+08:00'), NOW).due_at).toBeNull()
    expect(lineOf(seen('2026-03-02T08:59:55+08:00'), NOW).due_at).toBe(line.due_at)
    expect(lineOf(seen('2026-03-01T09:00:00+08:00'), NOW - 7_200_000)).toMatchObject({ state_title: '办理中', due_at: line.due_at })
  })
})
