/** A public figure in words: how it is written, and that too few are never shown. */
import type { Figure } from '@/api/types'
import { words } from '@/words'

/** A share with at most one digit behind the point, as the share itself is rounded. */
export function valueOf(figure: Pick<Figure, 'unit' | 'value'>): string {
  if (figure.value === null || figure.value === undefined) return words.statistics.tooFew
  if (figure.unit === 'count') return words.statistics.count(String(figure.value))
  return words.statistics.share(String(Math.round(figure.value * 1000) / 10))
}
