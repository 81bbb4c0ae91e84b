/** Signing in with WeChat on H5: sends the browser there, takes the code when it comes back, says what went wrong. */
import { reactive } from 'vue'
import { asProblem } from '@/api/problem'
import { authorizeAddress, isWeChatBrowser, returned, type Asked } from '@/lib/wechat_web'
import { words } from '@/words'
import { meanwhile, signIn } from './session'

const MARK = 'wechat-asked'

export const signing = reactive({ busy: false, problem: '' })
let code: string | null = null

/** Whether a tap on 微信登录 leads anywhere: in WeChat's browser, and on a developer's own machine, where the sandbox is. */
export function canAskWeChat(): boolean {
  if (process.env.UNI_PLATFORM !== 'h5') return false
  return isWeChatBrowser(navigator.userAgent) || /^(localhost|127\.)/.test(window.location.hostname)
}

/** Leaves the page; what was typed stays in the drafts. `linked`: WeChat asks for consent and also tells who one is in the mini-program. */
export function leaveForWeChat(linked = true): void {
  if (process.env.UNI_PLATFORM !== 'h5') return
  const { pathname, search, hash } = window.location
  const mark: Asked = { at: Date.now(), back: pathname + search + hash }
  try {
    window.sessionStorage.setItem(MARK, JSON.stringify(mark))
  } catch {
    signing.problem = words.signIn.noStorage
    return
  }
  window.location.replace(authorizeAddress(linked))
}

/** Before the router looks at the address: the code comes out of it, and out of the history. */
export function takeReturn(): void {
  if (process.env.UNI_PLATFORM !== 'h5') return
  const { pathname, search, hash } = window.location
  const back = returned(pathname + search + hash, takeMark(), Date.now())
  code = back.code
  if (back.address !== null) window.history.replaceState(null, '', back.address)
  if (back.fault) signing.problem = back.fault === 'refused' ? words.signIn.refused : words.signIn.notAsked
}

/** Once what the phone keeps is restored: whoever calls the server waits until it is decided who this is. */
export function finishSignIn(): void {
  const taken = code
  code = null
  if (!taken) return
  signing.busy = true
  const done = signIn({ provider: 'wechat_official', code: taken }).catch((thrown: unknown) => {
    const found = asProblem(thrown)
    signing.problem = found.status === 422 ? words.signIn.codeOver : found.detail
  })
  void meanwhile(done.finally(() => (signing.busy = false)))
}

function takeMark(): Asked | null {
  try {
    const kept = window.sessionStorage.getItem(MARK)
    window.sessionStorage.removeItem(MARK)
    const mark = kept ? (JSON.parse(kept) as Asked) : null
    return mark && typeof mark.at === 'number' && typeof mark.back === 'string' ? mark : null
  } catch {
    return null
  }
}
