/** Every sentence a user reads, in one typed table: pages hold none of their own. */
import { common } from './common'
import { office } from './office'
import { open } from './public'
import { resident } from './resident'
import { standing } from './standing'
import { steps } from './steps'
import { wechat } from './wechat'
import { work } from './work'

export const words = { ...common, ...resident, ...work, ...office, ...open, ...wechat, ...steps, ...standing } as const

let version = '2026-01'
// #ifdef WECHAT_SI
// Another text, by a paragraph: who accepted the one without it is asked again.
version = '2026-01b'
// #endif
/** As accepted: recorded with the consent. */
export const PRIVACY_VERSION = version
