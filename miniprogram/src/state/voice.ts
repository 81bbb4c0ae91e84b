/** What the service says in passing, and what it asks before something cannot be undone. Shown by the page on top. */
import { reactive } from 'vue'
import { words } from '@/words'

const STAYS_MS = 6000

export interface Question {
  title: string
  text?: string
  yes?: string
  no?: string
  danger?: boolean
}

export const voice = reactive<{ said: string; question: (Question & { page: number; answer: (yes: boolean) => void }) | null }>({
  said: '',
  question: null
})
let timer: ReturnType<typeof setTimeout> | undefined

export function say(text: string): void {
  voice.said = text
  clearTimeout(timer)
  timer = setTimeout(() => (voice.said = ''), STAYS_MS)
}

/** Waits for yes or no; another question takes the place of an open one, which counts as no. */
export function ask(question: Question): Promise<boolean> {
  voice.question?.answer(false)
  return new Promise((resolve) => {
    const answer = (yes: boolean): void => {
      voice.question = null
      resolve(yes)
    }
    voice.question = { yes: words.confirm, no: words.cancel, ...question, page: getCurrentPages().length, answer }
  })
}

export function call(phone: string): void {
  uni.makePhoneCall({ phoneNumber: phone.replace(/[^\d+*#]/g, ''), fail: () => undefined })
}
