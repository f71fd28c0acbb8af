import type { Client } from '../../../src-shared/contract/client.ts'
import type { AuditResult } from '../../../src-shared/contract/audit.ts'
import { toWireError, type WireError } from '../../../src-shared/errors/app-error.ts'
import type { Span } from '../../live/hour.ts'
import { createStateStore } from '../../state-store.ts'

/** What is audited: a run, or everything watched in a span. */
export type AuditTarget = { readonly runId: string } | { readonly span: Span }

interface DoneAudit {
  readonly of: string
  readonly audit: AuditResult
  /** When it was asked for: the machine's epoch ms. */
  readonly atMs: number
}

export interface AuditState {
  /** The last ones, newest first, one of each target. */
  readonly done: readonly DoneAudit[]
  readonly busy: string | null
  readonly next: AuditTarget | null
  readonly failure: { readonly of: string; readonly error: WireError } | null
}

const none: AuditState = { done: [], busy: null, next: null, failure: null }

/** A large one lists 20,000 tickets and has a year of minutes. */
const MAX_KEPT = 5

/** Where a person has a run or a span audited. Nothing here throws: what failed is in the state. */
export function createAuditPanelController(client: Client, now: () => number) {
  const store = createStateStore(none)

  async function check(target: AuditTarget): Promise<void> {
    const of = targetKey(target)
    const atMs = now()
    store.put({ busy: of, failure: null })
    try {
      const audit = await freshAudit(client, target)
      store.set((state) => ({ ...withAudit(state, { of, audit, atMs }), busy: null }))
    } catch (error) {
      store.put({ busy: null, failure: { of, error: toWireError(error) } })
    }
    const { next } = store.get()
    if (next === null) return
    store.put({ next: null })
    await check(next)
  }

  return {
    store,
    /** Listens until the returned function is called. */
    open(): () => void {
      // What it said is not so any more.
      return client.on('clean-up.changed', ({ runId, deleted }) => {
        if (deleted > 0) store.set((state) => without(state, targetKey({ runId })))
      })
    },
    /** One at a time: asked for another meanwhile, it does that afterwards. */
    check(target: AuditTarget): void {
      const { busy } = store.get()
      if (busy === null) void check(target)
      else if (busy !== targetKey(target)) store.put({ next: target })
    },
    /** Whether its result is kept, or its failure. */
    has(target: AuditTarget): boolean {
      const { done, failure } = store.get()
      return [failure, ...done].some((known) => known?.of === targetKey(target))
    },
  }
}

export type AuditPanelController = ReturnType<typeof createAuditPanelController>

export function targetKey(target: AuditTarget): string {
  return 'runId' in target ? target.runId : `${target.span.fromMs}-${target.span.toMs}`
}

/** Whether a target is being audited, or is the next. */
export function isChecking({ busy, next }: AuditState, target: AuditTarget): boolean {
  const of = targetKey(target)
  return busy === of || (next !== null && targetKey(next) === of)
}

function withAudit(state: AuditState, audit: DoneAudit): AuditState {
  return { ...state, done: [audit, ...without(state, audit.of).done].slice(0, MAX_KEPT) }
}

function without(state: AuditState, of: string): AuditState {
  return { ...state, done: state.done.filter((known) => known.of !== of) }
}

async function freshAudit(client: Client, target: AuditTarget): Promise<AuditResult> {
  // What came since the last fetch is not lost, only not fetched yet. Where fetching fails the audit says so; but with a
  // token that Jira does not accept, one failed log-in is enough.
  await client.call('sync.now', {}).catch((error: unknown) => {
    if (toWireError(error).code === 'not-authenticated') throw error
  })
  return 'runId' in target
    ? await client.call('audit.run', { runId: target.runId })
    : await client.call('audit.span', target.span)
}
