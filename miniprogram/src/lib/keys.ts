/** Names nobody else gives: for idempotency keys and things kept on the phone. */
export function newKey(): string {
  const parts = [Date.now(), Math.random(), Math.random(), Math.random()]
  return parts.map((part) => (part < 1 ? part.toString(36).slice(2) : part.toString(36))).join('-')
}
