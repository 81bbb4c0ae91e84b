/** Sentences of a matter in “我的反映” that only its receipt code leads to: where it stood when this phone last looked. */

export const standing = {
  standing: {
    look: '看进展',
    lookAt: (title: string) => `看进展：${title}`,
    looking: '正在看进展…',
    unseen: '还没有看到进展。',
    offline: '现在没有网络，看不到最新进展。',
    seenAt: (at: string) => `上面是 ${at} 看到的。`,
    later: '这次没有看到，请稍后再试。',
    gone: '这个查询码打不开这件事了，请到联络站咨询。'
  }
} as const
