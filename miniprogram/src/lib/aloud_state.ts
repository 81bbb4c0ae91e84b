/** Whether the page shown can be read aloud, and whether it is. */
import { reactive } from 'vue'

export const aloud = reactive({ able: false, reading: false })
