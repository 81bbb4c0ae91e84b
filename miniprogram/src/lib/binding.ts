/** An invitation's code and phone as people type them (绑定工作身份). Pure; the server decides. */

const CODE = /^[0-9A-HJKMNP-TV-Z]{12}$/
const PHONE = /^1\d{10}$/

/** In capitals, without what stands between, letters that look like digits read as these. Null: it cannot be one. */
export function invitationCode(typed: string): string | null {
  const code = typed.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1')
  return CODE.test(code) ? code : null
}

/** Eleven digits; null: it cannot be a mobile number. */
export function mobile(typed: string): string | null {
  const digits = typed.replace(/[\s-]/g, '').replace(/^\+?86(?=1\d{10}$)/, '')
  return PHONE.test(digits) ? digits : null
}
