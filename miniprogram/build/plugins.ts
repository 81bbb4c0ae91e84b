// Small corrections to what the framework emits.
import type { Plugin } from 'vite'

/** WeChat knows `aria-role` where browsers know `role`: sources say `role`, the mini-program build renames it. */
export function ariaForWeChat(platform: string | undefined): Plugin {
  return {
    name: 'aria-for-wechat',
    enforce: 'pre',
    transform(code, id) {
      if (platform !== 'mp-weixin' || !id.split('?')[0]!.endsWith('.vue')) return null
      return { code: renameRoles(code), map: null }
    }
  }
}

/** Renames the attribute inside tags only, bound or not. */
export function renameRoles(code: string): string {
  return code.replace(/(\s:?)role=/g, '$1aria-role=')
}

/**
 * Vue writes `defineOptions({ options: … })` as a spread, and for phones of before 2018 each component would then carry its
 * own helper for spreads, half a kilobyte: written plainly it is the same object.
 */
export function optionsWithoutSpread(): Plugin {
  return {
    name: 'options-without-spread',
    enforce: 'post',
    transform(code, id) {
      return id.includes('/src/') && code.includes('...{ options:') ? { code: withoutSpread(code), map: null } : null
    }
  }
}

export function withoutSpread(code: string): string {
  return code.replace(/\.\.\.\{ (options: \{ \w+: \w+ \}) \}/g, '$1')
}

/**
 * The framework's style sheet names pictures on a vendor's server, and its mini-program asks that server for one, its
 * name spelt in numbers; nothing may leave our own origin.
 */
export function nothingFromElsewhere(): Plugin {
  return {
    name: 'nothing-from-elsewhere',
    enforce: 'post',
    transform(code, id) {
      return id.includes('uni-mp-weixin') ? { code: withoutPreloading(code), map: null } : null
    },
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type === 'asset' && typeof file.source === 'string') file.source = blank(file.source)
        if (file.type === 'chunk') file.code = blank(file.code)
      }
    }
  }
}

export function withoutPreloading(code: string): string {
  return code.replace(/isFunction\(wx\.preloadAssets\)/g, 'false')
}

export function blank(text: string): string {
  return text.replace(/https?:\/\/cdn\.dcloud\.net\.cn\/[\w./-]+/g, 'data:,')
}

/** Conditional comments as the framework reads them, for tests that run without it. Not nested. */
export function conditional(...present: string[]): Plugin {
  return {
    name: 'conditional-comments',
    enforce: 'pre',
    transform(code, id) {
      return id.includes('/src/') ? { code: keepFor(present, code), map: null } : null
    }
  }
}

export function keepFor(present: string[], code: string): string {
  const part = /^[ \t]*\/\/ #(ifdef|ifndef) ([\w-]+)$([\s\S]*?)^[ \t]*\/\/ #endif$/gm
  return code.replace(part, (_whole, kind: string, named: string, inner: string) => ((kind === 'ifdef') === present.includes(named) ? inner : ''))
}
