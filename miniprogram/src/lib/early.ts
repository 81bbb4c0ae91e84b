/** What static/h5/early.js asked the server before our script was here. */
import type { Raw } from '@/api/transport'

declare global {
  interface Window {
    askedEarly?: { url: string; answer: Promise<Raw | null> }
  }
}

/** The answer to this very address, once; null when nobody asked, or the answer is better asked for again. */
export async function answeredEarly(url: string): Promise<Raw | null> {
  const early = window.askedEarly
  if (early?.url !== url) return null
  delete window.askedEarly
  return early.answer
}
