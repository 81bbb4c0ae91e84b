import { beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { useWrite } from '@/lib/write_page'
import { outbox } from '@/state/outbox'
import { signOut } from '@/state/session'
import { voice } from '@/state/voice'
import { words } from '@/words'
import { asked, server, SESSION, type Answer, type Asked } from './uni'

const CREATED = {
  id: 'i1', number: 'YJ-1', title: '路灯坏了', anonymity: 'receipt_only', created_at: '2026-03-02T09:00:00+08:00',
  receipt_code: 'ABCD', rating_code: '123456'
}
const CALM: Answer = { status: 200, body: { category: null, similar: [], emergency: null, warnings: [] } }

/** Where nothing is said, a door does not answer. */
function doors(answers: Record<string, (request: Asked) => Answer>): void {
  server((request) => {
    if (request.url.endsWith('/sessions')) return { status: 201, body: SESSION }
    const door = Object.keys(answers).find((end) => request.url.endsWith(end))
    return door ? answers[door]!(request) : 'offline'
  })
}

function filled(): ReturnType<typeof useWrite> {
  const form = useWrite()
  Object.assign(form.draft, { stationCode: 'GRGTB8FW66', content: '村口的路灯坏了', anonymity: 'receipt_only' })
  form.privacy.value = true
  return form
}

const sent = () => asked.filter((one) => one.url.endsWith('/issues')).length

beforeEach(() => {
  outbox.items = []
  signOut()
  Object.assign(uni, { redirectTo: vi.fn() })
})

describe('the form', () => {
  it('makes one matter of two taps, also when the look ahead of the second comes back last', async () => {
    doors({ '/preview': () => CALM, '/issues': () => ({ status: 201, body: CREATED }) })
    const form = filled()
    const first = form.submit()
    expect(form.page.sending, 'the button says at once that it was pressed').toBe(true)
    await Promise.all([first, form.submit()])
    expect(asked.filter((one) => one.url.endsWith('/preview'))).toHaveLength(1)
    expect(sent()).toBe(1)
  })

  it('says no longer what was missing once it is there', async () => {
    doors({ '/preview': () => CALM, '/issues': () => ({ status: 201, body: CREATED }) })
    const form = filled()
    form.privacy.value = false
    await form.submit()
    expect(voice.said).not.toBe('')
    form.privacy.value = true
    await form.submit()
    expect([voice.said, sent()]).toEqual(['', 1])
  })

  it('is red no longer where something was mended, and stays red where the server found a fault', async () => {
    doors({ '/preview': () => CALM, '/issues': () => ({ status: 422, body: { detail: '请修改', errors: [{ field: 'content', message: '写了别人的身份证号' }] } }) })
    const form = filled()
    Object.assign(form.draft, { content: '路', anonymity: null })
    form.privacy.value = false
    await form.submit()
    expect(Object.keys(form.page.faults)).toEqual(['content', 'anonymity', 'privacy'])
    form.draft.content = '村口的路灯坏了'
    form.changed()
    expect(Object.keys(form.page.faults)).toEqual(['anonymity', 'privacy'])
    form.draft.anonymity = 'receipt_only'
    form.privacy.value = true
    await nextTick()
    expect(form.page.faults).toEqual({})
    await form.submit()
    form.draft.place = '小学门口'
    form.changed()
    expect(form.page.faults).toEqual({ content: '写了别人的身份证号' })
  })

  it('asks about danger before anything is sent, and may be pressed again', async () => {
    const emergency = { advice: '请先报警', phones: [] }
    doors({ '/preview': () => ({ ...CALM, body: { similar: [], warnings: [], emergency } }) as Answer, '/issues': () => ({ status: 201, body: CREATED }) })
    const form = filled()
    await form.submit()
    expect([form.page.emergency, form.page.sending, sent()]).toEqual([true, false, 0])
    form.page.confirmed = true
    await form.submit()
    expect(sent()).toBe(1)
  })

  it('says nothing to the account beside an anonymous matter, also when that has to wait', async () => {
    for (const answer of [(): Answer => ({ status: 201, body: CREATED }), (): Answer => 'offline']) {
      doors({ '/preview': () => CALM, '/issues': answer, '/me': () => ({ status: 200, body: {} }) })
      await filled().submit()
      expect(asked.filter((one) => one.url.endsWith('/me'))).toEqual([])
    }
    expect(outbox.items).toHaveLength(1)
  })

  it('is not sent to whom a complaint may be about while nobody was chosen', async () => {
    doors({ '/preview': () => CALM, '/issues': () => ({ status: 201, body: CREATED }) })
    const form = filled()
    form.draft.aboutAsked = true
    await form.submit()
    expect([sent(), form.page.faults.about]).toEqual([0, words.chooseOne])
    Object.assign(form.draft, { aboutType: 'station', aboutId: 's1' })
    await form.submit()
    expect(asked.find((one) => one.url.endsWith('/issues'))?.data).toMatchObject({ kind: 'COMPLAINT', about: { type: 'station', id: 's1' } })
  })

  it('does not wait for ever for a hint', async () => {
    vi.useFakeTimers()
    const answer = uni.request
    doors({ '/issues': () => ({ status: 201, body: CREATED }) })
    uni.request = ((options: UniApp.RequestOptions) => (String(options.url).endsWith('/preview') ? undefined : answer(options))) as unknown as typeof uni.request
    const form = filled()
    const done = form.submit()
    await vi.advanceTimersByTimeAsync(5000)
    await done
    expect(sent()).toBe(1)
    uni.request = answer
    vi.useRealTimers()
  })
})
