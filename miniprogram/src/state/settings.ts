/** How this phone likes to see it: 长辈版, light or dark. */
import { reactive } from 'vue'
import { KEYS, load, save } from './store'

export type Theme = 'auto' | 'light' | 'dark'

export interface Settings {
  elder: boolean
  theme: Theme
  /** Elder text: 1 is 18 px and more, up to 1.7 (30 px). */
  scale: number
}

const FIRST: Settings = { elder: false, theme: 'auto', scale: 1 }
export const SCALES = [1, 1.3, 1.7]

export const settings = reactive<Settings>({ ...FIRST })

export function restoreSettings(): void {
  Object.assign(settings, FIRST, load<Partial<Settings>>(KEYS.settings, {}))
}

export function change(values: Partial<Settings>): void {
  Object.assign(settings, values)
  save(KEYS.settings, { ...settings })
  paintNavigationBar()
}

/** The native bar of the mini-program follows the system only; a choice made here is told to it. */
export function paintNavigationBar(): void {
  // #ifdef MP-WEIXIN
  if (settings.theme === 'auto') return
  const dark = settings.theme === 'dark'
  uni.setNavigationBarColor({ frontColor: dark ? '#ffffff' : '#000000', backgroundColor: dark ? '#191919' : '#ffffff' })
  // #endif
}

/** Classes of a page's root. */
export function rootClasses(): string[] {
  return [`theme-${settings.theme}`, settings.elder ? 'elder' : 'usual', `scale-${SCALES.indexOf(settings.scale) + 1 || 1}`]
}
