/** Reception days somebody has booked: looked at, and taken back. */
import { call } from '@/api/client'
import type { OwnBooking } from '@/api/types'
import { session } from '@/state/session'
import { ask, say } from '@/state/voice'
import { words } from '@/words'

/** Nobody gets an account for looking: without a session there is no booking. */
export async function myBookings(): Promise<OwnBooking[]> {
  if (!session.signed) return []
  return (await call('get', '/api/v1/me/bookings')).items
}

/** Whether it is taken back now; throws `Problem`. */
export async function takeBack(booking: { id: string; reception: { id: string } }): Promise<boolean> {
  if (!(await ask({ title: words.bookings.cancel, text: words.bookings.cancelAsk }))) return false
  const params = { id: booking.reception.id, booking_id: booking.id }
  await call('delete', '/api/v1/receptions/{id}/bookings/{booking_id}', { params })
  say(words.bookings.cancelled)
  return true
}
