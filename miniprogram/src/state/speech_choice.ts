/** What this phone's owner agreed to give WeChat for its speech, and how they speak. Nothing of it leaves the phone. */
import { reactive } from 'vue'
import { KEYS, load, save } from './store'

export type Dialect = 'zh_CN' | 'sichuanhua' | 'zh_HK'

export interface SpeechChoice {
  /** What is said may go to WeChat. */
  listen: boolean
  /** What stands on a page may go to WeChat. */
  read: boolean
  dialect: Dialect
}

const FIRST: SpeechChoice = { listen: false, read: false, dialect: 'zh_CN' }

export const speechChoice = reactive<SpeechChoice>({ ...FIRST, ...load<Partial<SpeechChoice>>(KEYS.speech, {}) })

export function choose(values: Partial<SpeechChoice>): void {
  Object.assign(speechChoice, values)
  save(KEYS.speech, { ...speechChoice })
}

/** As on a phone nobody has used yet. */
export function forgetChoice(): void {
  Object.assign(speechChoice, FIRST)
}
