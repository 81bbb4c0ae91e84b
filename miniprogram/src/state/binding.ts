/** Becoming deputy or staff from this phone: what is typed is kept until it worked, and what the server says of it. */
import { call } from '@/api/client'
import type { BindingRequest } from '@/api/types'
import { keepText, keptText } from './draft'
import { nowKnownAs } from './session'

const CODE = 'bind:code'
const PHONE = 'bind:phone'

/** WeChat's sign-in leaves the page: it comes back with these. */
export function typedBefore(): { code: string; phone: string } {
  return { code: keptText(CODE), phone: keptText(PHONE) }
}

export function keepTyped(code: string, phone: string): void {
  keepText(CODE, code)
  keepText(PHONE, phone)
}

/** By the phone number WeChat vouches for: bound at once. */
export async function bindByWeChat(invitation: string, phoneCode: string): Promise<void> {
  const profile = await call('post', '/api/v1/me/bind', { body: { invitation_code: invitation, phone_code: phoneCode }, renew: false })
  nowKnownAs(profile)
  keepTyped('', '')
}

/** By a typed number: somebody who knows the person confirms. Asked twice it is the same request. */
export async function askToBeBound(invitation: string, phone: string): Promise<BindingRequest> {
  const made = await call('post', '/api/v1/me/binding-requests', { body: { invitation_code: invitation, phone }, renew: false })
  keepTyped('', '')
  return made
}

export async function myRequests(): Promise<BindingRequest[]> {
  return (await call('get', '/api/v1/me/binding-requests')).items
}

/** A request may have been confirmed meanwhile: the roles are asked for anew. */
export async function refreshRoles(): Promise<void> {
  nowKnownAs(await call('get', '/api/v1/me'))
}
