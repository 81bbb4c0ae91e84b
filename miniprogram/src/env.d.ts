/// <reference types="vite/client" />

declare const __API_ORIGIN__: string

declare module '*.vue' {
  import type { DefineComponent } from 'vue'
  const component: DefineComponent<object, object, unknown>
  export default component
}

declare const wx: {
  env: { USER_DATA_PATH: string }
  openSetting: (options: { withSubscriptions: boolean }) => void
  setInnerAudioOption?: (options: { obeyMuteSwitch: boolean }) => void
}
/** WeChat's own: a plugin named in app.json. Throws where it is not. */
declare function requirePlugin(name: string): unknown
