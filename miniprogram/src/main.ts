import { createSSRApp } from 'vue'
import App from './App.vue'
import { takeReturn } from '@/state/signing'

export function createApp() {
  takeReturn()
  return { app: createSSRApp(App) }
}
