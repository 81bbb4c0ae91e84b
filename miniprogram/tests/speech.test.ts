import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { quiet, readPage, reads } from '@/lib/aloud_mp'
import { aloud } from '@/lib/aloud_state'
import { inParts, LONGEST_PART, ofIssue, ofReceipt, ofScan, ofWrite } from '@/lib/reading'
import { cutShort, finish, joined, listen, type Heard } from '@/lib/speech'
import { speech } from '@/lib/speech_state'
import type { Recorder } from '@/lib/wechat_si'
import type { Issue, Scan } from '@/api/types'
import { emptyDraft } from '@/state/draft'
import { choose, forgetChoice, speechChoice } from '@/state/speech_choice'
import { voice } from '@/state/voice'
import { speechOfWeChat, withSpeech } from '../build/speech'
import './uni'

const hooks: Record<string, () => void> = {}
vi.mock('@dcloudio/uni-app', () => Object.fromEntries(['onShow', 'onHide', 'onUnload'].map((name) => [name, (work: () => void) => (hooks[name] = work)])))

const recorder: Recorder & { start: ReturnType<typeof vi.fn>; stop: ReturnType<typeof vi.fn> } = { start: vi.fn(), stop: vi.fn() }
const spoken: { content: string; success: (told: object) => void; fail: (told: object) => void }[] = []
let refusal: object | null = null
let pages = 1
let ended: Heard[] = []

beforeEach(() => {
  vi.useFakeTimers()
  for (const work of [recorder.start, recorder.stop]) work.mockReset()
  spoken.length = 0
  ended = []
  refusal = null
  pages = 1
  forgetChoice()
  vi.stubGlobal('requirePlugin', () => ({ getRecordRecognitionManager: () => recorder, textToSpeech: (given: (typeof spoken)[number]) => spoken.push(given) }))
  vi.stubGlobal('getCurrentPages', () => Array.from({ length: pages }))
  vi.stubGlobal('wx', {})
  Object.assign(uni, { authorize: (given: UniApp.AuthorizeOptions) => (refusal ? given.fail?.(refusal) : given.success?.({})) })
})
afterEach(() => {
  cutShort('f')
  vi.useRealTimers()
})

function listening(): void {
  listen('f', (heard) => ended.push(heard))
  recorder.onStart?.()
}

describe('the package', () => {
  it('names the plugin only where an operator gave its version, and the H5 never does', () => {
    const made = (platform: string, version: string): Record<string, unknown> => {
      const asset = { type: 'asset', source: '{"pages":["a"]}' }
      const hook = speechOfWeChat(platform, version).generateBundle as unknown as { handler: (options: object, bundle: object) => void }
      hook.handler({}, { 'app.json': asset })
      return JSON.parse(asset.source) as Record<string, unknown>
    }
    expect(made('mp-weixin', '0.3.6')).toEqual({ pages: ['a'], plugins: { WechatSI: { version: '0.3.6', provider: 'wx069ba97219f66d99' } } })
    expect([made('mp-weixin', ''), made('h5', '0.3.6')]).toEqual([{ pages: ['a'] }, { pages: ['a'] }])
    expect([withSpeech('mp-weixin', '0.3.6'), withSpeech('mp-weixin', undefined), withSpeech('h5', '0.3.6')]).toEqual([true, false, false])
  })
})

describe('speaking', () => {
  it('is understood while one speaks, and handed over when one says that it is all', () => {
    choose({ dialect: 'sichuanhua' })
    listening()
    expect(recorder.start).toHaveBeenCalledWith({ duration: 60_000, lang: 'sichuanhua' })
    recorder.onRecognize?.({ result: '路灯' })
    expect([speech.state, speech.text, speech.by, ended]).toEqual(['listening', '路灯', 'f', []])
    finish()
    expect([speech.state, recorder.stop.mock.calls.length]).toEqual(['turning', 1])
    recorder.onStop?.({ result: '路灯坏了。' })
    expect([speech.state, ended]).toEqual(['idle', [{ text: '路灯坏了。', trouble: '', minute: false }]])
  })

  it('needs a microphone that was allowed: a no of the person, of the privacy guide and of the operator are three sentences', () => {
    const said = [{ errMsg: 'authorize:fail auth deny' }, { errMsg: 'authorize:fail privacy permission is not authorized', errno: 104 }, { errMsg: 'authorize:fail api scope is not declared in the privacy agreement' }]
    for (refusal of said) listen('f', (heard) => ended.push(heard))
    expect(ended.map((one) => one.trouble)).toEqual(['denied', 'privacy', 'undeclared'])
    expect(recorder.start).not.toHaveBeenCalled()
  })

  it('that fails halfway keeps what was understood so far', () => {
    for (const [retcode, trouble] of [[-30004, 'network'], [-30002, 'cut'], [-40001, 'quota'], [-30011, 'busy'], [-30001, 'taken'], [-30009, 'broken']] as const) {
      listening()
      recorder.onRecognize?.({ result: '路灯' })
      recorder.onError?.({ retcode })
      expect(ended.pop()).toEqual({ text: '路灯', trouble, minute: false })
    }
  })

  it('of nothing is said to be nothing', () => {
    listening()
    finish()
    recorder.onStop?.({ result: '' })
    listening()
    recorder.onError?.({ retcode: -30003 })
    expect(ended.map((one) => [one.text, one.trouble])).toEqual([['', 'silence'], ['', 'silence']])
  })

  it('ends by itself after a minute, and says why', () => {
    listening()
    vi.advanceTimersByTime(59_000)
    expect(recorder.stop).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1000)
    expect(recorder.stop).toHaveBeenCalledTimes(1)
    recorder.onStop?.({ result: '很长的话' })
    expect(ended).toEqual([{ text: '很长的话', trouble: '', minute: true }])
  })

  it('is waited for eight seconds where the plugin says nothing more; what comes later is nobody\u2019s', () => {
    listening()
    recorder.onRecognize?.({ result: '路灯' })
    const late = recorder.onStop!
    finish()
    vi.advanceTimersByTime(8000)
    listen('f', (heard) => ended.push(heard))
    late({ result: '路灯坏了。' })
    expect([speech.state, ended]).toEqual(['starting', [{ text: '路灯', trouble: 'network', minute: false }]])
    vi.advanceTimersByTime(8000)
    expect(ended[1]).toEqual({ text: '', trouble: 'broken', minute: false })
  })

  it('stops when the person goes to another page, and hands over at once when the field goes away', () => {
    listening()
    pages = 2
    vi.advanceTimersByTime(1000)
    expect(speech.state).toBe('turning')
    recorder.onRecognize?.({ result: '路灯' })
    cutShort('another')
    expect(ended).toEqual([])
    cutShort('f')
    expect(ended.map((one) => one.text)).toEqual(['路灯'])
  })

  it('is put behind what stands there, within what the field holds', () => {
    expect(joined('', '路灯坏了。', 20).text).toBe('路灯坏了。')
    expect(joined('小学门口', '路灯坏了。', 20).text).toBe('小学门口，路灯坏了。')
    expect(joined('小学门口。', '路灯坏了。', 20).text).toBe('小学门口。路灯坏了。')
    expect(joined('👍👍', '路灯坏了', 5)).toEqual({ text: '👍👍，路灯', full: true })
  })
})

describe('what is read aloud', () => {
  const issue = { anonymity: 'named', state_title: '办理中', responsible: { name: '代表 王甲子' }, due_at: null, next_step: '代表答复您', history: [{ title: '答复', note: '已经去看过' }] } as unknown as Issue

  it('goes in whole sentences of at most a hundred characters, and nothing is lost', () => {
    const text = ['一句。两句！', `${'长'.repeat(80)}，${'很'.repeat(80)}。`, '', '没有标点'.repeat(60)]
    const parts = inParts(text)
    expect(Math.max(...parts.map((part) => part.length))).toBeLessThanOrEqual(LONGEST_PART)
    expect(parts.join('').replace(/\n/g, '')).toBe(text.join(''))
    expect(parts[0]!.startsWith('一句。\n两句！\n长')).toBe(true)
    expect(inParts([null, '', false, undefined])).toEqual([])
  })

  it('holds no receipt code, and nothing a resident wrote where nobody shall know who it was', () => {
    const draft = { ...emptyDraft(), content: '路灯坏了', place: '小学门口 定位 30.1,104.6（高德、腾讯地图坐标，误差约 20 米）', name: '张三', phone: '13800000000' }
    const read = (anonymity: 'named' | 'receipt_only'): string => [1, 2, 3, 4, 5].flatMap((step) => ofWrite(step, { ...draft, anonymity })).join()
    expect(read('named')).toContain('路灯坏了')
    expect(read('named')).not.toMatch(/张三|13800000000|30\.1/)
    expect(read('receipt_only')).not.toMatch(/路灯坏了|小学门口 /)
    expect(ofReceipt(true).join()).toContain('查询码不念')
    expect(ofIssue(issue, false).join()).toMatch(/办理中.*王甲子.*已经去看过/)
    expect([ofIssue(issue, true), ofIssue({ ...issue, anonymity: 'receipt_only' }, false)].join()).not.toContain('已经去看过')
    expect(ofScan({ station: { name: '雁家站' }, deputy: { name: '王甲子', reason: '联系您的网格' } } as unknown as Scan, null).join()).toMatch(/雁家站.*王甲子.*联系您的网格/)
  })
})

describe('being read to by WeChat', () => {
  const heard: string[] = []
  const sounds: { src: string; ended: () => void; failed: () => void; gone: boolean }[] = []
  const long = ['一'.repeat(90), '二'.repeat(90), '三'.repeat(90)]

  beforeEach(() => {
    sounds.length = 0
    Object.assign(uni, {
      createInnerAudioContext: () => {
        const one = { src: '', ended: () => undefined as void, failed: () => undefined as void, gone: false }
        sounds.push(one)
        return Object.assign(one, { play: () => heard.push(one.src), destroy: () => (one.gone = true), onEnded: (work: () => void) => (one.ended = work), onError: (work: () => void) => (one.failed = work) })
      }
    })
    reads(() => long)
    hooks.onShow!()
  })
  afterEach(() => quiet())
  const settled = (): Promise<void> => vi.advanceTimersByTimeAsync(0).then(() => undefined)

  it('is asked about first: a no sends nothing, and is kept by nobody', async () => {
    readPage()
    expect(voice.question?.text).toContain('交给微信')
    voice.question?.answer(false)
    await settled()
    expect([spoken, aloud.reading, speechChoice.read]).toEqual([[], false, false])
  })

  it('goes part by part, each made while the one before is heard, until it is over', async () => {
    choose({ read: true })
    readPage()
    await settled()
    expect([aloud.reading, spoken.map((one) => one.content)]).toEqual([true, [long[0]]])
    for (const at of [0, 1, 2]) {
      spoken[at]!.success({ retcode: 0, filename: `f${at}` })
      await settled()
      expect([sounds[at]!.src, spoken.length]).toEqual([`f${at}`, Math.min(at + 2, 3)])
      sounds[at]!.ended()
      await settled()
    }
    expect(aloud.reading).toBe(false)
  })

  it('is silent at once when it is stopped or the page is left', async () => {
    choose({ read: true })
    readPage()
    await settled()
    spoken[0]!.success({ retcode: 0, filename: 'f0' })
    await settled()
    hooks.onHide!()
    expect([aloud.reading, aloud.able, sounds[0]!.gone]).toEqual([false, false, true])
    spoken[1]!.success({ retcode: 0, filename: 'f1' })
    await settled()
    expect(sounds).toHaveLength(1)
  })

  it('waits until nobody speaks: it would be heard, and written', async () => {
    choose({ read: true })
    listening()
    readPage()
    await settled()
    expect([spoken, voice.said.includes('正在听')]).toEqual([[], true])
  })

  it('that does not come is said, in words', async () => {
    choose({ read: true })
    for (const fails of [() => spoken.at(-1)!.fail({ retcode: -20005 }), () => spoken.at(-1)!.success({ retcode: -20003, filename: '' })]) {
      voice.said = ''
      readPage()
      await settled()
      fails()
      await settled()
      expect([voice.said.includes('没有读出来'), aloud.reading]).toEqual([true, false])
    }
  })
})
