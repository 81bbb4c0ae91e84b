// One source, two builds: `uni build` (mobile H5 under /m/) and `uni build -p mp-weixin`.
import { fileURLToPath, URL } from 'node:url'
import { defineConfig } from 'vite'
import { initPreContext } from '@dcloudio/uni-cli-shared'
import uniModule from '@dcloudio/vite-plugin-uni'
import { firstPageTogether } from './build/chunks'
import { oneListenerForModels } from './build/models'
import { ariaForWeChat, nothingFromElsewhere, optionsWithoutSpread } from './build/plugins'
import { speechOfWeChat, withSpeech } from './build/speech'

// The uni CLI would otherwise post build statistics to its vendor.
process.env.CI = '1'

// The plugin is CommonJS: its default export arrives wrapped.
const uni = (uniModule as unknown as { default?: typeof uniModule }).default ?? uniModule

const { UNI_PLATFORM, WECHAT_SI } = process.env
const forH5 = UNI_PLATFORM === 'h5'

// One name more for the framework's `#ifdef`.
if (withSpeech(UNI_PLATFORM, WECHAT_SI)) initPreContext(UNI_PLATFORM as Parameters<typeof initPreContext>[0], { WECHAT_SI: true })

export default defineConfig({
  plugins: [
    ariaForWeChat(UNI_PLATFORM),
    oneListenerForModels(UNI_PLATFORM),
    nothingFromElsewhere(),
    optionsWithoutSpread(),
    speechOfWeChat(UNI_PLATFORM, WECHAT_SI),
    uni()
  ],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  define: {
    // Where the mini-program finds the API; H5 lives at the same origin and uses paths alone.
    __API_ORIGIN__: JSON.stringify(process.env.API_ORIGIN ?? 'http://127.0.0.1:8000')
  },
  build: {
    target: 'es2017',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 300,
    // How a mini-program is cut into files is WeChat's rule, and uni-app's business.
    ...(forH5 ? { cssCodeSplit: false, rollupOptions: { output: { manualChunks: firstPageTogether() } } } : {})
  }
})
