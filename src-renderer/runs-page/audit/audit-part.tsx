import { CircleAlert, CircleCheck, CircleDashed, type LucideIcon } from 'lucide-react'
import { useEffect, useMemo, useRef } from 'react'
import type { AuditResult } from '../../../src-shared/contract/runs/audit.ts'
import { useMachineNow, useZone } from '../../app/workbench.ts'
import { asOfText } from '../../../src-shared/domain/text/as-of.ts'
import { Button } from '../../controls/button.tsx'
import { durationText, numberText } from '../../live/text.ts'
import { latenessText } from '../../runs/run-text.ts'
import { FailureNote } from '../failure-note.tsx'
import { useAudits, useRunsController } from '../runs-controller.ts'
import page from '../runs-page.module.css'
import { AuditMinutes, DifferencesTable } from './audit-tables.tsx'
import {
  chainsOf,
  isChecking,
  targetKey,
  verdictOf,
  type AuditTarget,
  type ChainLink,
  type Verdict,
} from './audit.ts'
import styles from './audit-part.module.css'

const spoken = { '=': 'equals', '≠': 'does not equal', '+': 'and' } as const

/** Distinguished by their shapes and the titles next to them; colour only helps. */
const signs: Record<Verdict['tone'], LucideIcon> = {
  good: CircleCheck,
  waiting: CircleDashed,
  bad: CircleAlert,
}

/** Whether everything is where it should be, what is not, and in which minutes. Asked of Jira anew each time. */
export function AuditPart({ target }: { target: AuditTarget }): React.ReactNode {
  const { audit: controller } = useRunsController()
  const of = targetKey(target)
  const done = useAudits((state) => state.done.find((each) => each.of === of))
  const checking = useAudits((state) => isChecking(state, target))
  const failure = useAudits((state) => (state.failure?.of === of ? state.failure.error : null))
  const check = (): void => controller.check(target)
  const summary = useInSight(checking)
  const verdict = useMemo(() => done && verdictOf(done.audit), [done])
  return (
    <section className={page['part']} aria-labelledby="audit-title">
      <div ref={summary} className={page['part']}>
        <div className={page['line']}>
          <h2 id="audit-title">Audit</h2>
          <span className={styles['again']}>
            {done && <Since atMs={done.atMs} />}
            {done && (
              <Button aria-disabled={checking} onClick={check}>
                {checking ? 'Checking…' : 'Check again'}
              </Button>
            )}
          </span>
        </div>
        {failure && <FailureNote failure={failure} onRetry={check} />}
        <output className={styles['verdict']}>
          {verdict && (
            <>
              <b className={styles['title']}>
                <VerdictSign tone={verdict.tone} size={18} />
                {verdict.title}
              </b>
              <span className={styles['text']}>{verdict.text}</span>
            </>
          )}
          {!verdict && !failure && <Unknown checking={checking} />}
        </output>
        {done && <AuditChain audit={done.audit} waiting={verdict?.tone === 'waiting'} />}
      </div>
      {done && <Result key={of} audit={done.audit} />}
    </section>
  )
}

/** Brings the answer into sight, which may have been asked for from above. */
function useInSight(checking: boolean): React.RefObject<HTMLDivElement | null> {
  const summary = useRef<HTMLDivElement>(null)
  const was = useRef(false)
  useEffect(() => {
    if (checking || was.current) summary.current?.scrollIntoView({ block: 'nearest' })
    was.current = checking
  }, [checking])
  return summary
}

function Unknown({ checking }: { checking: boolean }): React.ReactNode {
  return (
    <p className="quiet">
      {checking
        ? 'Asking Jira for every ticket…'
        : 'Not checked yet. The audit asks Jira anew, and compares its answer with the plan, the store and the chart.'}
    </p>
  )
}

function Since({ atMs }: { atMs: number }): React.ReactNode {
  const ago = Math.max(0, useMachineNow() - atMs)
  return (
    <span className="quiet">{ago < 60_000 ? 'Checked just now' : `Checked ${durationText(ago)} ago`}</span>
  )
}

function Result({ audit }: { audit: AuditResult }): React.ReactNode {
  const zone = useZone()
  return (
    <>
      {audit.asOf && <p className="quiet">{asOfText(audit.asOf, zone)}</p>}
      {audit.lateness && <p className="quiet">Sent {latenessText(audit.lateness)}, in real time.</p>}
      <DifferencesTable audit={audit} />
      <AuditMinutes audit={audit} />
    </>
  )
}

/** The sign of an audit's verdict. */
export function VerdictSign({ tone, size }: { tone: Verdict['tone']; size: number }): React.ReactNode {
  const Sign = signs[tone]
  return <Sign className={styles['sign']} data-tone={tone} size={size} aria-hidden="true" />
}

/** The figures that must be equal, with the sign between them. `waiting`: all that differs is still to come. */
function AuditChain({ audit, waiting }: { audit: AuditResult; waiting: boolean }): React.ReactNode {
  return (
    <div className={styles['chains']} data-waiting={waiting || undefined}>
      {chainsOf(audit, audit.run !== null).map((chain) => (
        <dl key={chain[0]?.word} className={styles['chain']}>
          {chain.map((link) => (
            <Link key={link.word} link={link} />
          ))}
        </dl>
      ))}
    </div>
  )
}

function Link({ link: { word, count, sign } }: { link: ChainLink }): React.ReactNode {
  return (
    <div className={styles['link']} data-differs={sign === '≠' || undefined}>
      <dt>{word}</dt>
      <dd>
        {sign !== null && (
          <>
            <span className={styles['chain-sign']} aria-hidden="true">
              {sign}
            </span>
            <span className="unseen">{spoken[sign]} </span>
          </>
        )}
        {numberText(count)}
      </dd>
    </div>
  )
}
