/** What only a browser needs: names on inner fields, the keyboard, the address. Nothing happens in the mini-program. */

/** The framework wraps real fields in its own elements; screen readers look at the inner one. */
export function nameInnerField(wrapper: string, label: string, hint: string, invalid: boolean): void {
  if (process.env.UNI_PLATFORM !== 'h5') return
  const inner = document.getElementById(wrapper)?.querySelector('textarea, input')
  inner?.setAttribute('aria-label', hint ? `${label} ${hint}` : label)
  inner?.setAttribute('aria-invalid', invalid ? 'true' : 'false')
  inner?.closest('uni-textarea, uni-input')?.removeAttribute('aria-label')
}

export function nameInnerImage(wrapper: string, label: string): void {
  if (process.env.UNI_PLATFORM !== 'h5') return
  document.getElementById(wrapper)?.querySelector('img')?.setAttribute('alt', label)
}

const PRESSABLE = new Set(['button', 'link', 'radio', 'checkbox', 'switch', 'tab'])

/** Enter and the space bar press whatever says that it is a button. */
export function pressByKeyboard(): void {
  if (process.env.UNI_PLATFORM !== 'h5') return
  document.addEventListener('keydown', (event) => {
    const target = event.target as HTMLElement | null
    if ((event.key !== 'Enter' && event.key !== ' ') || !PRESSABLE.has(target?.getAttribute('role') ?? '')) return
    event.preventDefault()
    target?.click()
  })
}

/** Each scan of a poster opens a tab of its own, over one storage: what one of them keeps under a key, the others take over. */
export function listenToOtherTabs(takers: Record<string, () => void>): void {
  if (process.env.UNI_PLATFORM !== 'h5') return
  window.addEventListener('storage', (event) => event.key !== null && takers[event.key]?.())
}

/** Now, and whenever it changes. The framework asks `navigator.connection`, which in Chromium never says that there is none. */
export function watchConnection(tell: (online: boolean) => void): void {
  const look = (): void => tell(navigator.onLine)
  window.addEventListener('online', look)
  window.addEventListener('offline', look)
  look()
}

/** The address in the browser, empty elsewhere. */
export function href(): string {
  return process.env.UNI_PLATFORM === 'h5' ? window.location.href : ''
}

/** Where links that leave the phone (a QR code) begin. */
export function publicBase(): string {
  return process.env.UNI_PLATFORM === 'h5' ? window.location.origin : __API_ORIGIN__
}

/** Demo sign-in is offered on this machine and its own network only. */
export function isLocal(): boolean {
  if (process.env.UNI_PLATFORM !== 'h5') return false
  return /^(localhost|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(window.location.hostname)
}

/** Puts the keyboard where something new appeared. */
export function focusOn(selector: string): void {
  if (process.env.UNI_PLATFORM !== 'h5') return
  setTimeout(() => (document.querySelector(selector) as HTMLElement | null)?.focus(), 60)
}
