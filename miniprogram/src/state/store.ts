/** What this phone keeps between two visits. Every key of the storage is named here. */
export const KEYS = {
  session: 'session',
  draft: 'draft',
  texts: 'texts',
  forms: 'forms',
  outbox: 'outbox',
  receipts: 'receipts',
  settings: 'settings',
  place: 'place',
  privacy: 'privacy',
  taps: 'taps',
  declined: 'declined',
  // #ifdef WECHAT_SI
  speech: 'speech'
  // #endif
} as const

export type Key = (typeof KEYS)[keyof typeof KEYS]

export function load<T>(key: Key, otherwise: T): T {
  try {
    const value: unknown = uni.getStorageSync(key)
    return value === '' || value === undefined || value === null ? otherwise : (value as T)
  } catch {
    return otherwise
  }
}

/** False when the phone has no room left or forbids storing (private mode): the page goes on without. */
export function save(key: Key, value: unknown): boolean {
  try {
    uni.setStorageSync(key, value)
    return true
  } catch {
    return false
  }
}

export function forget(key: Key): void {
  try {
    uni.removeStorageSync(key)
  } catch {
    // Where nothing can be stored, nothing is kept.
  }
}
