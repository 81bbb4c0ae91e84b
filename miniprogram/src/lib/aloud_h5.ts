/**
 * Reading aloud in a browser, where it has a Chinese voice of its own. A voice that lives on somebody else's server is
 * never used: it would be sent every word, and nobody was asked.
 */
import { aloud } from './aloud_state'
import { sentences } from './sentences'

/** Voices come late in some browsers: asked for again when they say so. */
export function listenForVoices(): void {
  if (!window.speechSynthesis) return
  const look = (): void => void (aloud.able = chinese() !== null)
  look()
  window.speechSynthesis.addEventListener?.('voiceschanged', look)
  window.addEventListener('hashchange', quiet)
}

export function readPage(): void {
  const pages = [...document.querySelectorAll<HTMLElement>('[role=main]')].filter((one) => one.offsetParent !== null)
  const voice = chinese()
  const text = pages.at(-1)?.innerText.trim()
  if (!voice || !text) return
  quiet()
  // Sentence by sentence: long texts are cut off by some browsers.
  const parts = sentences(text)
  parts.forEach((part, at) => window.speechSynthesis.speak(spoken(part, voice, at === parts.length - 1)))
  aloud.reading = true
}

export function quiet(): void {
  if (!window.speechSynthesis) return
  window.speechSynthesis.cancel()
  aloud.reading = false
}

function spoken(part: string, voice: SpeechSynthesisVoice, last: boolean): SpeechSynthesisUtterance {
  const said = new SpeechSynthesisUtterance(part)
  said.voice = voice
  said.lang = voice.lang
  said.rate = 0.9
  if (last) said.onend = () => void (aloud.reading = false)
  return said
}

function chinese(): SpeechSynthesisVoice | null {
  const own = window.speechSynthesis.getVoices().filter((one) => one.localService && /^(zh|cmn)/i.test(one.lang))
  return own.find((one) => /CN|Hans/i.test(one.lang)) ?? own[0] ?? null
}
