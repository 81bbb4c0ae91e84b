/** What the microphone does. */
import { reactive } from 'vue'

/** `by`: the field that listens. `text`: what was understood so far. `left`: seconds. */
export const speech = reactive({ state: 'idle' as 'idle' | 'starting' | 'listening' | 'turning', by: '', text: '', left: 0 })
