/** Whether the phone has a network at all, and what waits goes out when it comes back. */
import { reactive } from 'vue'
import { flush, outbox } from '@/state/outbox'

const TRY_AGAIN_MS = 20_000
export const network = reactive({ online: true })

export function watchNetwork(): void {
  uni.getNetworkType({ success: (found) => (network.online = found.networkType !== 'none') })
  uni.onNetworkStatusChange((change) => {
    network.online = change.isConnected
    if (change.isConnected) void flush()
  })
  setInterval(() => {
    if (outbox.items.some((one) => one.state === 'waiting')) void flush()
  }, TRY_AGAIN_MS)
}
