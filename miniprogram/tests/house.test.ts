import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { PAGES } from '@/pages'
import { mergeModels } from '../build/models'
import { blank, keepFor, renameRoles, withoutPreloading, withoutSpread } from '../build/plugins'

interface Packages {
  pages: { path: string }[]
  subPackages: { root: string; pages: { path: string }[] }[]
}
const SRC = join(__dirname, '..', 'src')
function files(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? files(path) : [path]
  })
}
const sources = files(SRC).filter((path) => /\.(vue|ts)$/.test(path) && !path.endsWith('.d.ts'))
const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|<!--[\s\S]*?-->|^\s*\/\/.*$/gm, '')

describe('the house', () => {
  it('every sentence stands in the table of words', () => {
    const loose = sources.filter((path) => !path.includes('/words/') && /[\u4e00-\u9fff]/.test(withoutComments(readFileSync(path, 'utf8'))))
    expect(loose).toEqual([])
  })

  it('every page of the contract is a page of the app, and no other', () => {
    const { pages, subPackages } = JSON.parse(readFileSync(join(SRC, 'pages.json'), 'utf8').replace(/^\s*\/\/.*$/gm, '')) as Packages
    const listed = [...pages, ...subPackages.flatMap((part) => part.pages.map((page) => ({ path: `${part.root}/${page.path}` })))].map((page) => page.path)
    const strays = pages.filter((page) => subPackages.some((part) => page.path.startsWith(`${part.root}/`)))
    expect(strays, 'a page below the root of a package belongs to it').toEqual([])
    expect([...listed].sort()).toEqual(Object.values(PAGES).slice().sort())
    for (const page of listed) expect(statSync(join(SRC, `${page}.vue`)).isFile()).toBe(true)
  })

  it('loop names have three letters or more: the mini-program build uses the shorter ones itself', () => {
    const short = sources.flatMap((path) => [...readFileSync(path, 'utf8').matchAll(/v-for="\(?(\w{1,2})[,) ]/g)].map((found) => `${path}: ${found[1]}`))
    expect(short).toEqual([])
  })

  it('text is never sized by the width of the screen', () => {
    expect(sources.filter((path) => /\d(rpx|vw)\b/.test(readFileSync(path, 'utf8')))).toEqual([])
  })

  it('components use classes only: WeChat ignores other selectors', () => {
    const styles = sources.filter((path) => path.endsWith('.vue')).map((path) => [path, /<style[^>]*>([\s\S]*)<\/style>/.exec(readFileSync(path, 'utf8'))?.[1] ?? ''])
    const bad = styles.flatMap(([path, text]) => [...text!.matchAll(/^([^@\s.}/][^{};]*)\{/gm)].map((found) => `${path}: ${found[1]}`))
    expect(bad).toEqual([])
  })

  it('no file is longer than a person can keep in mind', () => {
    expect(sources.filter((path) => readFileSync(path, 'utf8').split('\n').length > 300)).toEqual([])
  })
})

describe('corrections of the build', () => {
  it('roles are renamed for WeChat, bound or not, and nothing else', () => {
    expect(renameRoles('<view role="x" :role="y" data-role="z">')).toBe('<view aria-role="x" :aria-role="y" data-role="z">')
  })

  it('a model and its listener become one attribute, whose value is set first', () => {
    const both = (listener: string): string => mergeModels(`<AppField v-model="a.b" :on="c => d" @update:model-value="${listener}" />`)
    const merged = (called: string): string => `<AppField :model-value="a.b" @update:model-value="($event) => { a.b = $event; ${called} }" :on="c => d" />`
    expect(both('typed')).toBe(merged('typed($event)'))
    expect(both("emit('x')")).toBe(merged("emit('x')"))
    expect(both('(one) => f(one)')).toBe(merged('((one) => f(one))($event)'))
    expect(mergeModels('<AppCheck v-model="a" />')).toBe('<AppCheck v-model="a" />')
  })

  it('conditional comments keep what is meant for the platform', () => {
    const code = 'a\n// #ifdef H5\nb\n// #endif\n  // #ifndef H5\nc\n  // #endif\n'
    expect(keepFor(['H5'], code).split(/\s+/).join('')).toBe('ab')
    expect(keepFor(['MP-WEIXIN'], code).split(/\s+/).join('')).toBe('ac')
  })

  it('options of a component stand in it without a spread, and other spreads stay', () => {
    const made = (first: string): string => `defineComponent({\n  ${first},\n  __name: "A",\n  setup: () => ({ ...a })\n})`
    expect(withoutSpread(made('...{ options: { virtualHost: true } }'))).toBe(made('options: { virtualHost: true }'))
  })

  it('pictures of a vendor are blanked', () => {
    expect(blank('a{background:url(https://cdn.dcloud.net.cn/img/shadow-grey.png)}')).toBe('a{background:url(data:,)}')
    expect(withoutPreloading('if (prod && isFunction(wx.preloadAssets)) {')).toBe('if (prod && false) {')
  })
})
