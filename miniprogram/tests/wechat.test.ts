import { beforeEach, describe, expect, it, vi } from 'vitest'
import { invitationCode, mobile } from '@/lib/binding'
import { deskCodeInPicture, deskCodeOf } from '@/lib/desk_code'
import { choicesOf, outcomeOf, outcomeOfFailure, toAsk } from '@/lib/subscription_choice'
import { authorizeAddress, isWeChatBrowser, returned } from '@/lib/wechat_web'
import { call } from '@/api/client'
import { session, signIn, signOut } from '@/state/session'
import { askNow, loadSubscriptions, mayAsk, subscriptions } from '@/state/subscriptions'
import { asked, server, SESSION } from './uni'

const NOW = Date.parse('2026-03-02T09:00:00+08:00')
const MINUTE = 60_000
const HERE = '/m/?s=GRGTB8FW66#/pages/issue/detail?receipt=ABCD'

describe('back from WeChat', () => {
  const mark = { at: NOW - MINUTE, back: HERE }

  it('takes the code out of the address and returns to where one was', () => {
    expect(returned('/m/#wechat_code=a%2Bb', mark, NOW)).toEqual({ code: 'a+b', address: HERE, fault: '' })
    expect(returned('/m/#/?wechat_code=x', mark, NOW).code).toBe('x')
  })

  it.each([
    ['nobody here asked for it: a link with the code of whoever sent it', null],
    ['it was asked for too long ago', { at: NOW - 11 * MINUTE, back: HERE }],
    ['what is remembered is no place of ours', { at: NOW, back: 'https://elsewhere.example/' }]
  ])('never uses a code when %s', (_title, given) => {
    const found = returned('/m/#wechat_code=stranger', given, NOW)
    expect([found.code, found.fault]).toEqual([null, 'not_asked'])
    expect(found.address).not.toContain('stranger')
  })

  it('knows a refusal, which comes without a code, and leaves every other address alone', () => {
    expect(returned('/m/', mark, NOW)).toEqual({ code: null, address: HERE, fault: 'refused' })
    for (const address of ['/m/', HERE, '/m/#/pages/inbox/index']) {
      expect(returned(address, address === '/m/' ? null : mark, NOW)).toEqual({ code: null, address: null, fault: '' })
    }
  })

  it('tells WeChat and our server nothing of the place: it may hold a receipt code', () => {
    expect([authorizeAddress(true), authorizeAddress(false)]).toEqual(['/wechat/authorize?next=%2Fm%2F&link=1', '/wechat/authorize?next=%2Fm%2F'])
  })

  it("knows WeChat's browser by its name", () => {
    expect(isWeChatBrowser('Mozilla/5.0 (iPhone) AppleWebKit/605 MicroMessenger/8.0.40 NetType/WIFI')).toBe(true)
    expect(isWeChatBrowser('Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/120')).toBe(false)
  })
})

describe('a guest who signs in', () => {
  beforeEach(signOut)

  it('brings the guest along, so that what was sent belongs to the account; nobody else comes along', async () => {
    server(() => ({ status: 201, body: SESSION }))
    await signIn({ provider: 'guest' })
    await signIn({ provider: 'wechat_official', code: 'c1' })
    await signIn({ provider: 'wechat_official', code: 'c2' })
    expect(asked.map((one) => one.header.Authorization)).toEqual([undefined, 'Bearer t-1', undefined])
    expect(session.signed).toMatchObject({ guest: false, provider: 'wechat_official' })
  })

  it('stays the guest when WeChat says no', async () => {
    server(() => ({ status: 201, body: SESSION }))
    await signIn({ provider: 'guest' })
    server(() => ({ status: 422, body: { detail: '微信登录没有成功' } }))
    await expect(signIn({ provider: 'wechat_official', code: 'used' })).rejects.toMatchObject({ status: 422 })
    expect(session.signed?.guest).toBe(true)
  })

  it('is waited for by whoever asks the server meanwhile', async () => {
    const { meanwhile } = await import('@/state/session')
    server((request) => (request.url.endsWith('/sessions') ? { status: 201, body: { ...SESSION, token: 'real' } } : { status: 200, body: { items: [] } }))
    void meanwhile(signIn({ provider: 'wechat_official', code: 'c' }))
    await call('get', '/api/v1/inbox')
    expect(asked.map((one) => one.url)).toEqual(['/api/v1/sessions', '/api/v1/inbox'])
    expect(asked[1]?.header.Authorization).toBe('Bearer real')
  })
})

describe("a desk's code", () => {
  const CODE = '0123456789ABCDEF'
  it('comes from the page, from the whole link, or from what the camera read of our own service', () => {
    expect(deskCodeOf({ code: CODE })).toBe(CODE)
    expect(deskCodeOf({ q: encodeURIComponent(`https://host/d/${CODE}`) })).toBe(CODE)
    expect(deskCodeInPicture(`https://host/d/${CODE}`)).toBe(CODE)
  })

  it('is nothing else', () => {
    for (const wrong of [{}, { code: 'a/b' }, { q: 'https%3A%2F%2Fhost%2Fs%2FGRGTB8FW66' }, { q: '%E0%A4%A' }]) expect(deskCodeOf(wrong)).toBeNull()
    for (const wrong of ['https://host/s/GRGTB8FW66', `/d/${CODE}`, '13800000001']) expect(deskCodeInPicture(wrong)).toBeNull()
  })
})

describe('an invitation', () => {
  it('is read as typed by hand; what cannot be one is said before it is sent', () => {
    expect(invitationCode(' abcd-o1l9 wxyz')).toBe('ABCD0119WXYZ')
    expect([invitationCode('abcd'), invitationCode('ABCD-EFGH-IJKU')]).toEqual([null, null])
    expect([mobile('+86 138-0000-0001'), mobile('13800000001')]).toEqual(['13800000001', '13800000001'])
    expect([mobile('1380000000'), mobile('28000000001')]).toEqual([null, null])
  })
})

const line = (template_id: string, changes: object = {}) => ({ template_id, kind: 'once', purpose: 'progress', moments: ['submit', 'rate'], remaining: 0, ask: true, ...changes })

describe('consents for messages', () => {
  it('are asked for where the server says so: at most three, the worthiest first, never two kinds together (§7.5)', () => {
    const lines = [line('a', { ask: false }), line('b'), line('long', { kind: 'long_term' }), line('c', { moments: ['badge'] }), line('d'), line('e'), line('f')]
    expect(toAsk(lines, 'submit')).toEqual(['b', 'd', 'e'])
    expect(toAsk(lines, 'badge')).toEqual(['c'])
    expect(toAsk([line('long', { kind: 'long_term' }), line('b')], 'rate')).toEqual(['long'])
    expect(toAsk([line('a', { ask: false })], 'submit')).toEqual([])
  })

  it('every answer of WeChat ends in a sentence', () => {
    const picked = choicesOf(['a', 'b'], { a: 'accept', b: 'reject', errMsg: 'requestSubscribeMessage:ok', c: 'accept' })
    expect(picked).toEqual({ a: 'accept', b: 'reject' })
    expect([outcomeOf(picked, 2000), outcomeOf({ a: 'acceptWithAudio' }, 2000)]).toEqual(['acceptedSome', 'accepted'])
    expect([outcomeOf({ a: 'reject' }, 2000), outcomeOf({ a: 'reject' }, 30)]).toEqual(['refused', 'kept'])
    expect([outcomeOf({ a: 'ban' }, 2000), outcomeOf({}, 2000)]).toEqual(['banned', 'failed'])
    expect([outcomeOfFailure({ errCode: 20004 }), outcomeOfFailure({})]).toEqual(['off', 'failed'])
  })

  it('are told to the server once, also when the first telling got lost', async () => {
    vi.stubEnv('UNI_PLATFORM', 'mp-weixin')
    let cut = true
    server((request) => {
      if (request.url.endsWith('/sessions')) return { status: 201, body: SESSION }
      if (request.url.includes('/me')) return { status: 200, body: { subscriptions: [line('tmpl')] } }
      return cut ? 'offline' : { status: 201, body: { accepted: ['tmpl'] } }
    })
    const question = vi.fn((options: { success: (answer: object) => void }) => options.success({ tmpl: 'accept', errMsg: 'ok' }))
    ;(uni as unknown as Record<string, unknown>).requestSubscribeMessage = question
    await loadSubscriptions()
    askNow('rate')
    askNow('rate')
    expect(question).toHaveBeenCalledTimes(1)
    expect(subscriptions.outcome).toBe('accepted')
    const told = () => asked.filter((one) => one.url.endsWith('/subscriptions'))
    await vi.waitFor(() => expect(told()).toHaveLength(1))
    await new Promise((resolve) => setTimeout(resolve))
    cut = false
    await loadSubscriptions()
    await loadSubscriptions()
    expect(told()).toHaveLength(2)
    expect(new Set(told().map((one) => one.header['Idempotency-Key'])).size).toBe(1)
    expect(told()[1]?.data).toEqual({ template_ids: ['tmpl'], results: { tmpl: 'accept' } })

    question.mockImplementation((options) => options.success({ tmpl: 'reject', errMsg: 'ok' }))
    askNow('rate')
    expect(mayAsk('rate')).toBe(false)
    await loadSubscriptions()
    expect([mayAsk('rate'), mayAsk('rate', Date.now() + 8 * 86_400_000)]).toEqual([false, true])
    vi.unstubAllEnvs()
  })
})
