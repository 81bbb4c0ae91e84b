// WeChat's plugin for speech (微信同声传译) is named only when an operator says that their app id was given it: an upload
// that names a plugin nobody granted is refused (docs/miniprogram.md).
import type { Plugin } from 'vite'

export const SPEECH = { name: 'WechatSI', provider: 'wx069ba97219f66d99' }

/** What sources between `#ifdef WECHAT_SI` and `#endif` ask for. Never in the H5. */
export function withSpeech(platform: string | undefined, version: string | undefined): boolean {
  return platform === 'mp-weixin' && Boolean(version)
}

/** `version`: the plugin's, as the platform's console shows it. */
export function speechOfWeChat(platform: string | undefined, version: string | undefined): Plugin {
  return {
    name: 'speech-of-wechat',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const app = bundle['app.json']
        if (withSpeech(platform, version) && app?.type === 'asset') app.source = naming(String(app.source), version!)
      }
    }
  }
}

export function naming(app: string, version: string): string {
  return JSON.stringify({ ...JSON.parse(app), plugins: { [SPEECH.name]: { version, provider: SPEECH.provider } } }, null, 2)
}
