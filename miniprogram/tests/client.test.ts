import { describe, expect, it } from 'vitest'
import { call } from '@/api/client'
import { Problem } from '@/api/problem'
import { useIssues } from '@/lib/issue_list'
import { session, signIn, signOut } from '@/state/session'
import { asked, server, SESSION } from './uni'

async function problem(work: Promise<unknown>): Promise<Problem> {
  return work.then(() => { throw new Error('no problem') }, (thrown) => thrown as Problem)
}

describe('one call of the API', () => {
  it('opens a guest session once, however many call at the same time', async () => {
    signOut()
    server((request) => (request.url.endsWith('/sessions') ? { status: 201, body: SESSION } : { status: 200, body: { items: [] } }))
    await Promise.all([1, 2, 3].map(() => call('get', '/api/v1/inbox')))
    expect(asked.filter((one) => one.url.endsWith('/sessions'))).toHaveLength(1)
    expect(asked.at(-1)?.header.Authorization).toBe('Bearer t-1')
  })

  it('opens none for looking whether there is anything', async () => {
    signOut()
    const { list, load } = useIssues(() => ({ box: 'mine' }))
    await load()
    expect([asked.length, list.loaded, list.items]).toEqual([0, true, []])
    server(() => ({ status: 200, body: { items: [{ id: 'i1' }], thumbnails: {} } }))
    session.signed = { token: 't', expiresAt: '2099-01-01', accountId: 'a-1', roles: [], name: null, guest: true }
    await load()
    expect(list.items).toHaveLength(1)
    signOut()
  })

  it('sends no token where anybody may read, and encodes what stands in the path', async () => {
    server(() => ({ status: 200, body: {} }))
    await call('get', '/api/v1/scan/{code}', { params: { code: 'A/B?' }, session: 'none' })
    expect(asked[0]?.url).toBe('/api/v1/scan/A%2FB%3F')
    expect(asked[0]?.header.Authorization).toBeUndefined()
  })

  it('takes what was asked before the script was here, once; asks itself when that came to nothing', async () => {
    server(() => ({ status: 200, body: { code: 'later' } }))
    const ask = async (): Promise<unknown> => (await call('get', '/api/v1/scan/{code}', { params: { code: 'A' }, session: 'none' })).code
    window.askedEarly = { url: '/api/v1/scan/A', answer: Promise.resolve({ status: 200, body: { code: 'early' }, headers: {} }) }
    expect([await ask(), asked.length]).toEqual(['early', 0])
    expect([await ask(), asked.length]).toEqual(['later', 1])
    window.askedEarly = { url: '/api/v1/scan/A', answer: Promise.resolve(null) }
    expect([await ask(), asked.length]).toEqual(['later', 2])
    window.askedEarly = { url: '/api/v1/scan/B', answer: Promise.resolve(null) }
    expect([await ask(), asked.length]).toEqual(['later', 3])
    delete window.askedEarly
  })

  it("shows the server's own sentence, its faults and how long to wait", async () => {
    server(() => ({ status: 429, body: { detail: '操作太频繁。', code: 'too_many' }, headers: { 'Retry-After': '7' } }))
    const found = await problem(call('get', '/api/v1/stations', { session: 'none' }))
    expect(found.detail).toBe('操作太频繁。（请等 7 秒再试）')
    expect([found.retryAfter, found.mayPass]).toEqual([7, true])
    server(() => ({ status: 422, body: { detail: '填写有误', errors: [{ field: 'content', message: '太短' }] } }))
    const faulty = await problem(call('get', '/api/v1/stations', { session: 'none' }))
    expect([faulty.fields, faulty.mayPass]).toEqual([[{ field: 'content', message: '太短' }], false])
  })

  it('has a sentence of its own where the answer has none: cut, 500 without JSON, 413 of a proxy', async () => {
    server(() => 'offline')
    const cut = await problem(call('get', '/api/v1/stations', { session: 'none' }))
    expect([cut.status, cut.isOffline, cut.detail.includes('没有丢')]).toEqual([0, true, true])
    for (const status of [502, 413]) {
      server(() => ({ status, body: '<html>Bad Gateway</html>' }))
      expect((await problem(call('get', '/api/v1/stations', { session: 'none' }))).detail).not.toContain('<')
    }
  })

  it("renews a guest's session once and repeats the call", async () => {
    session.signed = { token: 'old', expiresAt: '2099-01-01', accountId: 'a-0', roles: [], name: null, guest: true }
    server((request) => {
      if (request.url.endsWith('/sessions')) return { status: 201, body: SESSION }
      return request.header.Authorization === 'Bearer old' ? { status: 401, body: { detail: '请登录' } } : { status: 200, body: {} }
    })
    await call('get', '/api/v1/me')
    expect(session.signed?.token).toBe('t-1')
  })

  it("does not turn a deputy into a guest when the session is over: it asks to sign in again", async () => {
    server(() => ({ status: 201, body: { ...SESSION, account: { ...SESSION.account, roles: ['deputy'] } } }))
    await signIn({ provider: 'wechat_miniprogram', code: 'x' })
    server(() => ({ status: 401, body: { detail: '登录已失效' } }))
    const found = await problem(call('get', '/api/v1/issues'))
    expect([found.status, session.lost, session.signed]).toEqual([401, true, null])
    expect(asked.filter((one) => one.url.endsWith('/sessions'))).toHaveLength(1)
    signOut()
  })
})
