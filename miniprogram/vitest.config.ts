import { fileURLToPath, URL } from 'node:url'
import { defineConfig } from 'vitest/config'
import { conditional } from './build/plugins'

export default defineConfig({
  plugins: [conditional('H5', 'WECHAT_SI')],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  define: { __API_ORIGIN__: JSON.stringify('') },
  test: { include: ['tests/**/*.test.ts'], setupFiles: ['tests/uni.ts'], environment: 'node' }
})
