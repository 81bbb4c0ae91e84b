// Makes the built mini-program ready for a browser: node pack.cjs PACKAGE OUT. Templates go through glass-easel's compiler.
const { mkdirSync, readdirSync, readFileSync, writeFileSync } = require('node:fs')
const { join, relative } = require('node:path')
const { buildSync } = require('esbuild')
const { TmplGroup } = require('glass-easel-template-compiler')

const ERROR = 4
const [from, to] = process.argv.slice(2)

function named(ending, folder = from) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((one) => {
    const path = join(folder, one.name)
    if (one.isDirectory()) return named(ending, path)
    return one.name.endsWith(ending) ? [relative(from, path).slice(0, -ending.length)] : []
  })
}

const texts = (ending) => Object.fromEntries(named(ending).map((name) => [name, readFileSync(join(from, name + ending), 'utf8')]))

const group = new TmplGroup()
for (const [name, text] of Object.entries(texts('.wxml'))) {
  const faults = group.addTmpl(name, text).filter((one) => one.level >= ERROR)
  if (faults.length) throw new Error(`${name}.wxml: ${faults.map((one) => one.message).join('; ')}`)
}

const descriptions = Object.fromEntries(Object.entries(texts('.json')).map(([name, text]) => [name, JSON.parse(text)]))
const packed = { descriptions, scripts: texts('.js'), styles: texts('.wxss'), origin: process.env.API_ORIGIN || 'http://127.0.0.1:8000' }
mkdirSync(to, { recursive: true })
writeFileSync(join(to, 'package.js'), `window.PACKED = ${JSON.stringify(packed)}\nwindow.TEMPLATES = ${group.getTmplGenObjectGroups()}\n`)
buildSync({ entryPoints: [join(__dirname, 'stage.js')], outfile: join(to, 'stage.js'), bundle: true, format: 'iife', target: 'es2020', logLevel: 'error' })
writeFileSync(
  join(to, 'index.html'),
  '<!doctype html><html lang="zh-CN"><head><meta charset="UTF-8"><meta name="viewport" content="width=device-width, initial-scale=1">' +
    '<link rel="icon" href="data:,"><title>mini-program</title></head><body><script src="package.js"></script><script src="stage.js"></script></body></html>'
)
