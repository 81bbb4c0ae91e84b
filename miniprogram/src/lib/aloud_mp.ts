/**
 * Reading aloud in the mini-program. It has no voice of its own: without WECHAT_SI nothing here does anything. With it,
 * WeChat makes sound of the lines a page names (`reads`), never of all that stands there: no receipt code, nobody's name
 * and phone. Each part is made while the one before is heard.
 */
// #ifdef WECHAT_SI
import { onHide, onShow, onUnload } from '@dcloudio/uni-app'
import { choose, speechChoice } from '@/state/speech_choice'
import { ask, say } from '@/state/voice'
import { speech as words } from '@/words/speech'
import { aloud } from './aloud_state'
import { inParts } from './reading'
import { speech } from './speech_state'
import { plugin } from './wechat_si'

export type Lines = () => (string | null | undefined | false)[]

let shown: Lines | null = null
let sound: UniApp.InnerAudioContext | null = null
/** What was begun before is nobody's any more. */
let round = 0

/** Called by a page that can be read: its lines, asked for when somebody wants to hear them. */
export function reads(lines: Lines): void {
  const away = (): void => {
    quiet()
    if (shown === lines) shown = null
    aloud.able = shown !== null
  }
  onShow(() => {
    if (!plugin()) return
    shown = lines
    aloud.able = true
  })
  onHide(away)
  onUnload(away)
}

async function begin(): Promise<void> {
  if (speech.state !== 'idle') return say(words.listening) // it would be heard, and written
  if (!speechChoice.read) {
    if (!(await ask(words.askRead))) return say(words.readDeclined)
    choose({ read: true })
  }
  quiet()
  const parts = inParts(shown?.() ?? [])
  if (!parts.length) return say(words.readNothing)
  // An iPhone switched to silent is read to all the same: somebody asked for it.
  wx.setInnerAudioOption?.({ obeyMuteSwitch: false })
  aloud.reading = true
  const mine = round
  if (!(await readAll(parts, () => mine === round)) && mine === round) say(words.readFailed)
  if (mine === round) quiet()
}

/** False when WeChat did not make sound of a part, or the phone did not play it. */
async function readAll(parts: string[], wanted: () => boolean): Promise<boolean> {
  let next = made(parts[0]!)
  for (let at = 0; at < parts.length; at += 1) {
    const file = await next
    if (!wanted()) return true
    if (!file) return false
    const after = parts[at + 1]
    if (after) next = made(after)
    if (!(await played(file))) return false
  }
  return true
}

function made(content: string): Promise<string> {
  return new Promise((resolve) => {
    const success = (told: { retcode: number; filename: string }): void => resolve(told.retcode === 0 ? told.filename : '')
    plugin()?.textToSpeech({ lang: 'zh_CN', tts: true, content, success, fail: () => resolve('') })
  })
}

function played(file: string): Promise<boolean> {
  return new Promise((resolve) => {
    sound = uni.createInnerAudioContext()
    const over = (well: boolean) => (): void => {
      sound?.destroy()
      sound = null
      resolve(well)
    }
    sound.onEnded(over(true))
    sound.onError(over(false))
    sound.src = file
    sound.play()
  })
}
// #endif

/** A page says itself whether it can be read. */
export function listenForVoices(): void {}

export function readPage(): void {
  // #ifdef WECHAT_SI
  void begin()
  // #endif
}

export function quiet(): void {
  // #ifdef WECHAT_SI
  round += 1
  sound?.destroy()
  sound = null
  aloud.reading = false
  // #endif
}
