/** Own work identities (工作身份) and signed-in devices: seen, given back, signed out. */
import { reactive } from 'vue'
import { call } from '@/api/client'
import { asProblem } from '@/api/problem'
import type { Device, Grant } from '@/api/types'
import { refreshRoles } from '@/state/binding'
import { isGuest, signOut } from '@/state/session'
import { ask, say } from '@/state/voice'
import { words } from '@/words'

export function useIdentities() {
  const mine = reactive({ grants: [] as Grant[], devices: [] as Device[], places: {} as Record<string, string>, loaded: false, problem: '' })

  async function load(): Promise<void> {
    if (isGuest()) return
    mine.problem = ''
    try {
      const [grants, devices] = await Promise.all([call('get', '/api/v1/me/grants'), call('get', '/api/v1/sessions')])
      Object.assign(mine, { grants: grants.items, devices: devices.items, loaded: true })
      await Promise.all([refreshRoles(), namePlaces()])
    } catch (thrown) {
      mine.problem = asProblem(thrown).detail
    }
  }

  /** A head of two stations tells them apart by name; without a network the role alone stands there. */
  async function namePlaces(): Promise<void> {
    const ids = new Set(mine.grants.map((one) => one.station_id).filter((id): id is string => id !== null && !(id in mine.places)))
    for (const id of ids) {
      const station = await call('get', '/api/v1/stations/{id}', { params: { id }, session: 'none' }).catch(() => null)
      if (station) mine.places[id] = station.name
    }
  }

  async function end(one: Grant): Promise<void> {
    if (!(await ask({ title: words.identity.endOne(one.title), text: words.identity.endAsk, danger: true }))) return
    await ended(one, false)
  }

  async function ended(one: Grant, confirmed: boolean): Promise<void> {
    try {
      await call('delete', '/api/v1/me/grants/{id}', { params: { id: one.id }, query: confirmed ? { confirm: true } : undefined, renew: false })
    } catch (thrown) {
      const found = asProblem(thrown)
      const again = found.code === 'last_station_head' && !confirmed
      if (!again) return say(found.detail)
      if (await ask({ title: words.identity.endOne(one.title), text: found.detail, yes: words.identity.lastHead, danger: true })) await ended(one, true)
      return
    }
    await afterEnding(one)
  }

  /** With the last role of this account every device of it is signed out, this one too (rulebook §11). */
  async function afterEnding(one: Grant): Promise<void> {
    const last = one.here && mine.grants.filter((other) => other.here).length === 1
    say(last ? words.identity.endedAll : words.identity.ended)
    if (!last) return load()
    signOut()
    Object.assign(mine, { grants: [], devices: [], loaded: false })
  }

  async function leave(one: Device): Promise<void> {
    if (!(await ask({ title: words.identity.signOutOne(one.label), text: words.identity.signOutAsk }))) return
    try {
      await call('delete', '/api/v1/sessions/{id}', { params: { id: one.id }, renew: false })
    } catch (thrown) {
      return say(asProblem(thrown).detail)
    }
    say(words.identity.signedOut)
    if (one.current) signOut()
    else await load()
  }

  return { mine, load, end, leave }
}
