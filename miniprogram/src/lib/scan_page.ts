/** What the first page knows and does: station, grid, deputy, reception day. */
import { reactive } from 'vue'
import { call } from '@/api/client'
import { asProblem, type Problem } from '@/api/problem'
import type { Deputy, Scan } from '@/api/types'
import { newKey } from '@/lib/keys'
import { goTo } from '@/pages'
import { rememberPlace } from '@/state/place'
import { handOver } from '@/state/scanned'
import { ask, say } from '@/state/voice'
import { dayAndHour } from './when'
import { words } from '@/words'

export interface ScanState {
  code: string
  gridId: string | null
  view: Scan | null
  problem: Problem | null
  loading: boolean
  chosen: Deputy | null
  showGrids: boolean
  showOthers: boolean
  bookedId: string | null
}

export function useScan() {
  const scan = reactive<ScanState>({
    code: '', gridId: null, view: null, problem: null, loading: false, chosen: null, showGrids: false, showOthers: false, bookedId: null
  })
  let bookingKey = newKey()

  async function open(code: string, gridId: string | null): Promise<void> {
    Object.assign(scan, { code, gridId, loading: true, problem: null })
    try {
      const query = { grid_id: gridId ?? undefined }
      scan.view = await call('get', '/api/v1/scan/{code}', { params: { code }, query, session: 'none' })
      scan.showGrids = !scan.view.grid_id && scan.view.grids.length > 0
      scan.gridId = scan.view.grid_id ?? null
      remember(scan.view)
    } catch (thrown) {
      scan.problem = asProblem(thrown)
      if (!scan.problem.mayPass) scan.view = null
    } finally {
      scan.loading = false
    }
  }

  function chooseGrid(gridId: string): Promise<void> {
    scan.chosen = null
    return open(scan.code, gridId)
  }

  function write(): void {
    goTo('write', { s: scan.code, grid_id: scan.gridId ?? undefined, deputy_id: scan.chosen?.id })
  }

  async function book(): Promise<void> {
    const reception = scan.view?.next_reception
    if (!reception) return
    const title = words.scan.book
    if (!(await ask({ title, text: `${dayAndHour(reception.starts_at)}，${reception.place}。${words.scan.bookAsk}` }))) return
    try {
      await call('post', '/api/v1/receptions/{id}/bookings', { params: { id: reception.id }, body: {}, key: bookingKey })
      scan.bookedId = reception.id
      say(words.scan.booked)
    } catch (thrown) {
      const problem = asProblem(thrown)
      if (!problem.mayPass) bookingKey = newKey()
      say(problem.detail)
    }
  }

  return { scan, open, chooseGrid, write, book }
}

function remember(view: Scan): void {
  handOver(view)
  rememberPlace({ code: view.code, gridId: view.grid_id ?? null, stationName: view.station.name, phone: view.station.phone ?? null, districtId: view.station.district_id })
}
