/** The station scanned last, so that the first page knows where to begin without a code. */
import { KEYS, load, save } from './store'

export interface Place {
  code: string
  gridId: string | null
  stationName: string
  phone: string | null
  /** Whose message templates are asked for; missing on phones that scanned before. */
  districtId?: string
}

export function lastPlace(): Place | null {
  return load<Place | null>(KEYS.place, null)
}

export function rememberPlace(place: Place): void {
  save(KEYS.place, place)
}
