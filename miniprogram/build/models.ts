// The mini-program build writes `v-model` and `@update:model-value` of one component as one attribute twice, of which
// only one counts: what was typed is lost. Sources may say both; there they are made one.
import type { Plugin } from 'vite'

const TAG = /<[A-Z][\w]*(?:\s+[^\s"=<>/]+(?:="[^"]*")?)+\s*\/?>/g
const MODEL = /\sv-model="([^"]+)"/
const LISTENER = /\s@update:model-value="([^"]+)"/

export function oneListenerForModels(platform: string | undefined): Plugin {
  return {
    name: 'one-listener-for-models',
    enforce: 'pre',
    transform(code, id) {
      if (platform !== 'mp-weixin' || !id.split('?')[0]!.endsWith('.vue')) return null
      return { code: mergeModels(code), map: null }
    }
  }
}

/** Where a tag has both, one listener does both: the value first, then what the page wanted to know of it. */
export function mergeModels(code: string): string {
  return code.replace(TAG, (tag) => {
    const model = MODEL.exec(tag)?.[1]
    const listener = LISTENER.exec(tag)?.[1]
    if (!model || !listener) return tag
    const called = /^[\w.]+$/.test(listener) ? `${listener}($event)` : /^\([^)]*\)\s*=>/.test(listener) ? `(${listener})($event)` : listener
    return tag.replace(LISTENER, '').replace(MODEL, ` :model-value="${model}" @update:model-value="($event) => { ${model} = $event; ${called} }"`)
  })
}
