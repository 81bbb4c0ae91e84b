/**
 * Speaking instead of typing: WeChat makes words of it, the person reads and mends them. One recording at a time, for the
 * plugin has one recorder. Whatever happens (no network, a call, another page), what was understood so far is handed over.
 */
import { speechChoice } from '@/state/speech_choice'
import { speech as words } from '@/words/speech'
import { quiet } from './aloud'
import { speech } from './speech_state'
import { plugin, type Recorder } from './wechat_si'

export type Trouble = keyof typeof words.trouble

/** How it ended. `minute`: by the limit, not by the person. */
export interface Heard {
  text: string
  trouble: Trouble | ''
  minute: boolean
}

/** The most WeChat listens for at once. */
const LONGEST_S = 60
/** The plugin sometimes says neither that it stopped nor that it failed; nobody waits longer than this for it. */
const PATIENCE_S = 8
const TROUBLES: Record<number, Trouble> = {
  [-30001]: 'taken', [-30002]: 'cut', [-30003]: 'silence', [-30004]: 'network', [-30006]: 'network', [-30008]: 'network',
  [-30010]: 'network', [-30011]: 'busy', [-30012]: 'silence', [-40001]: 'quota'
}

let told: ((heard: Heard) => void) | null = null
let recorder: Recorder | null = null
let clock: ReturnType<typeof setInterval> | undefined
/** Answers to an earlier recording are nobody's. */
let round = 0
let waited = 0
let depth = 0

/** Asks WeChat for the microphone, then listens until `finish`, a minute, or trouble; `done` is called once. */
export function listen(by: string, done: (heard: Heard) => void): void {
  if (speech.state !== 'idle') return
  quiet()
  Object.assign(speech, { state: 'starting', by, text: '', left: LONGEST_S })
  told = done
  depth = getCurrentPages().length
  const mine = ++round
  uni.authorize({
    scope: 'scope.record',
    success: () => mine === round && begin(mine),
    fail: (why: unknown) => mine === round && settle(refusal(why as { errMsg?: string; errno?: number }))
  })
}

/** The person has said it all; the words come a moment later. */
export function finish(): void {
  if (speech.state !== 'listening') return
  speech.state = 'turning'
  waited = 0
  stop()
}

/** The field goes away: what was understood so far is handed over now. */
export function cutShort(by: string): void {
  if (speech.state === 'idle' || speech.by !== by) return
  stop()
  settle('')
}

function begin(mine: number): void {
  recorder = plugin()?.getRecordRecognitionManager() ?? null
  if (!recorder || getCurrentPages().length !== depth) return settle(recorder ? 'cut' : 'broken')
  const ours = (work: () => void): void => void (mine === round && work())
  recorder.onStart = () => ours(() => void (speech.state = 'listening'))
  recorder.onRecognize = ({ result }) => ours(() => void (speech.text = result || speech.text))
  recorder.onStop = ({ result }) => ours(() => settle('', result))
  recorder.onError = ({ retcode }) => ours(() => settle(TROUBLES[retcode] ?? 'broken'))
  waited = 0
  clock = setInterval(tick, 1000)
  recorder.start({ duration: LONGEST_S * 1000, lang: speechChoice.dialect })
}

/** Each second: a minute is over, the person went to another page, or the plugin stays silent. */
function tick(): void {
  if (speech.state === 'listening') {
    speech.left -= 1
    if (speech.left <= 0 || getCurrentPages().length !== depth) finish()
  } else if (++waited >= PATIENCE_S) {
    stop()
    settle(speech.text ? 'network' : 'broken')
  }
}

function stop(): void {
  try {
    recorder?.stop()
  } catch {
    // It had stopped by itself.
  }
}

function settle(trouble: Trouble | '', text = ''): void {
  clearInterval(clock)
  round += 1
  const heard: Heard = { text: (text || speech.text).trim(), trouble, minute: speech.left <= 1 }
  if (!heard.text && !trouble) heard.trouble = 'silence'
  const done = told
  told = null
  Object.assign(speech, { state: 'idle', by: '', text: '' })
  done?.(heard)
}

/** Why WeChat gave no microphone. */
function refusal({ errMsg = '', errno }: { errMsg?: string; errno?: number }): Trouble {
  if (errno === 112 || errMsg.includes('not declared')) return 'undeclared'
  return errno === 104 || errMsg.includes('privacy permission') ? 'privacy' : 'denied'
}

/** WeChat's own page where the microphone is allowed; whether it is allowed now. */
export function openSettings(): Promise<boolean> {
  return new Promise((resolve) => {
    uni.openSetting({ success: (found) => resolve((found.authSetting as Record<string, boolean | undefined>)['scope.record'] === true), fail: () => resolve(false) })
  })
}

/** What was said, behind what stands there, in at most so many characters; a comma where two sentences would run together. */
export function joined(before: string, said: string, most: number): { text: string; full: boolean } {
  const glue = before.trim() === '' || /[\s，。！？、；：,.!?;:…）)”]$/.test(before) ? '' : words.between
  const all = [...before, ...glue, ...said]
  return { text: all.slice(0, most).join(''), full: all.length > most }
}
