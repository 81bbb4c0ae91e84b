/**
 * Where somebody stands, when they press the button for it. Browsers answer in WGS-84, WeChat in GCJ-02 (as all Chinese
 * maps do); what leaves this file is GCJ-02. People read whose maps it fits, not the datum's name.
 */
import { words } from '@/words'

export interface Point {
  latitude: number
  longitude: number
}

export interface Found extends Point {
  /** Metres. */
  accuracy: number
}

const LONGEST_WAIT_MS = 15_000
const AXIS = 6_378_245
const ECCENTRICITY = 0.006693421622965943

/** In GCJ-02; null when it was refused or could not be found. Never throws: nobody is stopped by it. */
export async function whereAmI(): Promise<Found | null> {
  if (process.env.UNI_PLATFORM !== 'h5') return fromWeChat()
  const found = await fromBrowser()
  return found && { ...toGcj02(found), accuracy: found.accuracy }
}

/** The place's words with the point at their end, in place of an earlier one. */
export function withPoint(place: string, found: Found): string {
  const before = withoutPoint(place)
  const point = words.where.text(found.latitude.toFixed(5), found.longitude.toFixed(5), Math.max(1, Math.round(found.accuracy)))
  return before ? `${before} ${point}` : point
}

/** The point written in the words, empty for none. */
export function pointIn(place: string): string {
  return words.where.mark.exec(place)?.[0].trim() ?? ''
}

export function withoutPoint(place: string): string {
  return place.replace(words.where.mark, '').trim()
}

/** WGS-84 → GCJ-02, some hundred metres apart in mainland China; elsewhere they are the same. */
export function toGcj02(at: Point): Point {
  if (!inChina(at)) return { latitude: at.latitude, longitude: at.longitude }
  const x = at.longitude - 105
  const y = at.latitude - 35
  const angle = (at.latitude / 180) * Math.PI
  const curve = 1 - ECCENTRICITY * Math.sin(angle) ** 2
  const northOf = (AXIS * (1 - ECCENTRICITY)) / (curve * Math.sqrt(curve))
  const eastOf = (AXIS / Math.sqrt(curve)) * Math.cos(angle)
  return {
    latitude: at.latitude + (shiftNorth(x, y) * 180) / (northOf * Math.PI),
    longitude: at.longitude + (shiftEast(x, y) * 180) / (eastOf * Math.PI)
  }
}

function inChina({ latitude, longitude }: Point): boolean {
  return longitude > 73.66 && longitude < 135.05 && latitude > 3.86 && latitude < 53.55
}

function waves(value: number, first: number, second: number): number {
  return ((20 * Math.sin(6 * value * Math.PI) + 20 * Math.sin(2 * value * Math.PI)) * 2) / 3 + first + second
}

function shiftNorth(x: number, y: number): number {
  const plane = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x))
  const slow = ((20 * Math.sin(y * Math.PI) + 40 * Math.sin((y / 3) * Math.PI)) * 2) / 3
  const slowest = ((160 * Math.sin((y / 12) * Math.PI) + 320 * Math.sin((y * Math.PI) / 30)) * 2) / 3
  return plane + waves(x, slow, slowest)
}

function shiftEast(x: number, y: number): number {
  const plane = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x))
  const slow = ((20 * Math.sin(x * Math.PI) + 40 * Math.sin((x / 3) * Math.PI)) * 2) / 3
  const slowest = ((150 * Math.sin((x / 12) * Math.PI) + 300 * Math.sin((x / 30) * Math.PI)) * 2) / 3
  return plane + waves(x, slow, slowest)
}

function fromBrowser(): Promise<Found | null> {
  return new Promise((resolve) => {
    if (!navigator.geolocation) return resolve(null)
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ latitude: coords.latitude, longitude: coords.longitude, accuracy: coords.accuracy }),
      () => resolve(null),
      { enableHighAccuracy: true, timeout: LONGEST_WAIT_MS, maximumAge: 60_000 }
    )
  })
}

function fromWeChat(): Promise<Found | null> {
  return new Promise((resolve) => {
    uni.getLocation({
      type: 'gcj02',
      isHighAccuracy: true,
      success: (found) => resolve({ latitude: found.latitude, longitude: found.longitude, accuracy: found.accuracy }),
      fail: () => resolve(null)
    })
  })
}
