import type { AuditMinute, AuditResult, DifferenceKind } from '../../../src-shared/contract/runs/audit.ts'
import type { Client } from '../../../src-shared/contract/client.ts'
import { auditVerdict, numbersAgree, type VerdictKind } from '../../../src-shared/domain/audit-verdict.ts'
import { toWireError, type WireError } from '../../../src-shared/errors/app-error.ts'
import type { TimeSpan } from '../../../src-shared/domain/known-spans.ts'
import { capital, countText, listText, numberText, uncapital } from '../../live/text.ts'
import { createStateStore } from '../../state-store.ts'

/** What is audited: a run, or everything watched in a span. */
export type AuditTarget = { readonly runId: string } | { readonly span: TimeSpan }

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

/** What an audit comes to. */
export interface Verdict {
  /** `waiting`: nothing is wrong, and not everything is there: not yet, or not any more. */
  readonly tone: 'good' | 'waiting' | 'bad'
  readonly title: string
  readonly text: string
}

const kindTexts: Record<DifferenceKind, string> = {
  'not-yet-made': 'Not made yet',
  failed: 'Failed',
  unknown: 'Outcome unknown',
  skipped: 'Skipped',
  stopped: 'Stopped before its time',
  'not-indexed': 'Not indexed yet',
  lowered: 'Lowered',
  deleted: 'Deleted',
  moved: 'Moved',
  removed: 'Cleaned up',
  'not-fetched': 'Not fetched',
  'not-charted': 'Not charted',
  'left-in-store': 'Gone from Jira but counted',
  foreign: 'Foreign',
  twice: 'Made twice',
}

const tones: Record<VerdictKind, Verdict['tone']> = {
  ok: 'good',
  later: 'waiting',
  'under-way': 'waiting',
  removed: 'waiting',
  differs: 'bad',
}

/** The verdict as the command line gives it, in the form of a title and what it means. */
export function verdictOf(audit: AuditResult): Verdict {
  const { kind, title, text } = auditVerdict(audit)
  if (kind === 'differs') return differsVerdict(audit)
  return { tone: tones[kind], title: kind === 'ok' ? 'Nothing lost' : title, text: capital(text) }
}

function differsVerdict(audit: AuditResult): Verdict {
  if (audit.kinds.length === 0) return bareVerdict(audit)
  const kinds = audit.kinds.map(({ kind, count }) => `${numberText(count)} ${uncapital(kindText(kind))}`)
  return {
    tone: 'bad',
    title: countText(differencesIn(audit), 'difference'),
    text: `${capital(listText(kinds))}.`,
  }
}

/** The figures differ, and no single ticket shows why. */
function bareVerdict({ minutes }: AuditResult): Verdict {
  const count = minutes.filter(differs).length
  return {
    tone: 'bad',
    title: `The figures differ in ${countText(count, 'minute')}`,
    text: 'No single ticket tells why. Check again: it may have changed meanwhile.',
  }
}

/** A slot or a ticket that is not where it should be. */
export interface Difference {
  readonly key: string | null
  readonly run: string | null
  readonly slot: number | null
  readonly minute: number
  readonly kind: DifferenceKind
  readonly reason: string
  readonly why?: string
}

/** What is missing and what is too much as far as the audit lists it, in order of time. */
export function differencesOf({ missing, extra }: AuditResult): readonly Difference[] {
  const surplus = extra.map((each) => ({ ...each, run: null, slot: null }))
  return [...missing, ...surplus].toSorted((a, b) => a.minute - b.minute)
}

/** How many there are, listed or not. */
export function differencesIn({ kinds }: Pick<AuditResult, 'kinds'>): number {
  return kinds.reduce((sum, { count }) => sum + count, 0)
}

/** What a difference is, in a word or a few. */
export function kindText(kind: DifferenceKind): string {
  return kindTexts[kind]
}

/** The likely reason, without the kind before it: that has a column of its own. */
export function whyText({ reason, why = reason }: Pick<Difference, 'reason' | 'why'>): string {
  return capital(why)
}

type AuditCounts = Pick<
  AuditResult,
  'planned' | 'created' | 'watched' | 'others' | 'indexed' | 'fetched' | 'charted'
>

type AuditFigure = keyof AuditCounts

export interface ChainLink {
  readonly word: AuditFigure
  readonly count: number
  /** What stands before it: whether it is the figure that it should be, or is added to the one before; null at the start. */
  readonly sign: '=' | '≠' | '+' | null
}

/** The two equations that an audit proves: of the plan, and of what is watched. A run's has no tickets of others. */
export function chainsOf(counts: AuditCounts, ofRun: boolean): readonly (readonly ChainLink[])[] {
  const { planned, created, watched, others, indexed, fetched, charted } = counts
  return [
    [
      { word: 'planned', count: planned, sign: null },
      { word: 'created', count: created, sign: equal(planned, created) },
    ],
    [
      { word: 'watched', count: watched, sign: null },
      ...(ofRun ? [] : [{ word: 'others', count: others, sign: '+' } as const]),
      { word: 'indexed', count: indexed, sign: equal(watched + others, indexed) },
      { word: 'fetched', count: fetched, sign: equal(indexed, fetched) },
      { word: 'charted', count: charted, sign: equal(fetched, charted) },
    ],
  ]
}

/** The figures of a minute that are not what the one before them says. */
export function differingFigures(minute: AuditMinute): readonly AuditFigure[] {
  return chainsOf(minute, false)
    .flat()
    .flatMap(({ word, sign }) => (sign === '≠' ? [word] : []))
}

export function differs(minute: AuditMinute): boolean {
  return !numbersAgree(minute)
}

function equal(a: number, b: number): '=' | '≠' {
  return a === b ? '=' : '≠'
}
