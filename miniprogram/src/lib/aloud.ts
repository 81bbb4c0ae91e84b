/** Reads a page aloud in the elder version: a browser with its own voice, the mini-program with WeChat's where it was set. */
import * as browser from './aloud_h5'
import * as weChat from './aloud_mp'

export { aloud } from './aloud_state'
// Known when building: the other half is left out of the package.
const inBrowser = process.env.UNI_PLATFORM === 'h5'
export const listenForVoices = inBrowser ? browser.listenForVoices : weChat.listenForVoices
export const readPage = inBrowser ? browser.readPage : weChat.readPage
export const quiet = inBrowser ? browser.quiet : weChat.quiet
