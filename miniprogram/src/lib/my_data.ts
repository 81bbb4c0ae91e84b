/** What the server holds about this account, and what its owner can do with it (PIPL Art. 15, 44–50). */
import type { Consent, Export } from '@/api/types'
import { words } from '@/words'

/** The latest decision about each document, newest document first; earlier ones are history. */
export function standing(consents: Consent[]): Consent[] {
  const latest = new Map<string, Consent>()
  for (const one of consents) {
    latest.delete(one.document)
    latest.set(one.document, one)
  }
  return [...latest.values()].reverse()
}

/** How much of what is in an export, for people: titles with counts, empty parts left out. */
export function contents(all: Export): { title: string; count: number }[] {
  const parts = { ...all.sections, devices: all.devices, consents: all.consents } as Record<string, unknown[]>
  return Object.entries(parts)
    .filter(([, rows]) => rows.length > 0)
    .map(([name, rows]) => ({ title: words.data.sectionTitles[name] ?? name, count: rows.length }))
}

/** Where a browser can keep a file it gets one; WeChat gets the text. True: a file. */
export async function keepFile(name: string, text: string): Promise<boolean> {
  if (process.env.UNI_PLATFORM !== 'h5') {
    await uni.setClipboardData({ data: text, showToast: false })
    return false
  }
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
  return true
}
