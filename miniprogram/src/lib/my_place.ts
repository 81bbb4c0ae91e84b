/** Where somebody who works here belongs: asked of the server, since a phone's notes may be older than a grant. */
import { call } from '@/api/client'

export interface MyPlace {
  stationIds: string[]
  deputyId: string | null
}

/** Throws `Problem`. */
export async function myPlace(): Promise<MyPlace> {
  const me = await call('get', '/api/v1/me')
  const stations = me.grants.map((grant) => grant.station_id).filter((id): id is string => Boolean(id))
  const deputy = me.grants.find((grant) => grant.role === 'deputy')?.deputy_id ?? null
  return { stationIds: [...new Set(stations)], deputyId: deputy }
}
