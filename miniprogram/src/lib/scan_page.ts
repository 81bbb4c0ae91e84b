/** What the first page knows and does: station, grid, deputy, reception day. */
import { reactive } from 'vue'
import { call } from '@/api/client'
import { asProblem, type Problem } from '@/api/problem'
import type { OwnBooking, Deputy, Scan } from '@/api/types'
import { myBookings, takeBack } from '@/lib/bookings'
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
  /** Of the day shown: what was booked by whoever holds this phone. */
  booking: Pick<OwnBooking, 'id'> | null
}

export function useScan() {
  const scan = reactive<ScanState>({
    code: '', gridId: null, view: null, problem: null, loading: false, chosen: null, showGrids: false, showOthers: false, booking: null
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
      void findBooking()
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
      scan.booking = await call('post', '/api/v1/receptions/{id}/bookings', { params: { id: reception.id }, body: {}, key: bookingKey })
      say(words.scan.booked)
    } catch (thrown) {
      const problem = asProblem(thrown)
      if (!problem.mayPass) bookingKey = newKey()
      say(problem.detail)
    }
  }

  /** What cannot be asked now is asked the next time: booking twice gives the same place. */
  async function findBooking(): Promise<void> {
    const found = await myBookings().catch(() => [])
    scan.booking = found.find((one) => one.reception.id === scan.view?.next_reception?.id) ?? null
  }

  async function unbook(): Promise<void> {
    const reception = scan.view?.next_reception
    if (!reception || !scan.booking) return
    try {
      if (!(await takeBack({ id: scan.booking.id, reception }))) return
      scan.booking = null
      bookingKey = newKey()
    } catch (thrown) {
      say(asProblem(thrown).detail)
    }
  }

  return { scan, open, chooseGrid, write, book, unbook }
}

function remember(view: Scan): void {
  handOver(view)
  rememberPlace({ code: view.code, gridId: view.grid_id ?? null, stationName: view.station.name, phone: view.station.phone ?? null, districtId: view.station.district_id })
}
