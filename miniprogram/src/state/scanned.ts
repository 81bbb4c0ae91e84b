/** What the last scan showed, handed from the first page to the form: asking again would count as a second scan. */
import { call } from '@/api/client'
import type { Scan } from '@/api/types'

let last: Scan | null = null

export function handOver(view: Scan): void {
  last = view
}

export async function scanned(code: string, gridId: string | null): Promise<Scan> {
  if (last?.code === code && (last.grid_id ?? null) === gridId) return last
  last = await call('get', '/api/v1/scan/{code}', { params: { code }, query: { grid_id: gridId ?? undefined }, session: 'none' })
  return last
}
