/** Sentences of the six steps (六步) a matter goes through, as a resident sees them. */

export const steps = {
  steps: {
    names: ['收集', '登记', '交办', '办理', '反馈', '评价'],
    done: '✓',
    stop: '停',
    now: (step: number, of: number, name: string) => `第 ${step} 步，共 ${of} 步：${name}`,
    over: (of: number) => `${of} 步都走完了`,
    stopped: (step: number, name: string, why: string) => `停在第 ${step} 步“${name}”：${why}`,
    /** By state; those of the outcome go first. */
    why: {
      content_rejected: '内容没有通过审核。',
      declined: '没有受理。',
      withdrawn: '已经撤回。',
      merged: '从这里起，和另一件事合并办理。',
      closed: '已经结束。',
      archived: '已经结束。',
      NO_INFO: '没有等到补充的情况，已经办结。',
      NOT_RATED: '期满没有评价，已经办结。'
    } as Record<string, string>
  }
} as const
