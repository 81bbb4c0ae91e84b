/** A printed code somebody distrusts (rulebook §11, "QR replaced by a fraudster's sticker"): reported as a complaint. */
import { goTo } from '@/pages'
import { words } from '@/words'
import { decoded } from './entry'

/** As long as a code that was typed or scanned is kept. */
const LONGEST_CODE = 40

/** Opens the complaint form with the code as it was typed or scanned; whoever saw it completes what stands there. */
export function reportCode(code: string): void {
  goTo('feedback', { code: code.trim() })
}

/** The text of the form: what is being written already stays, and nothing is written twice. */
export function withReport(kept: string, given: string): string {
  const first = words.suspicious.code(decoded(given).trim().slice(0, LONGEST_CODE))
  if (kept.includes(first)) return kept
  const report = words.suspicious.text(first)
  return kept.trim() ? `${kept.trimEnd()}\n\n${report}` : report
}
