/** Whether the phone has a network at all, and what waits goes out when it comes back. */
import { reactive } from 'vue'
import { flush, outbox } from '@/state/outbox'
// #ifdef H5
import { watchConnection } from './browser'
// #endif

const TRY_AGAIN_MS = 20_000
export const network = reactive({ online: true })

export function watchNetwork(): void {
  // #ifdef H5
  watchConnection(tell)
  // #endif
  // #ifndef H5
  uni.getNetworkType({ success: (found) => (network.online = found.networkType !== 'none') })
  uni.onNetworkStatusChange((change) => tell(change.isConnected))
  // #endif
  setInterval(() => {
    if (outbox.items.some((one) => one.state === 'waiting')) void flush()
  }, TRY_AGAIN_MS)
}

function tell(online: boolean): void {
  const back = online && !network.online
  network.online = online
  if (back) void flush()
}
