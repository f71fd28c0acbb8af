import { useEffect, useState } from 'react'
import type { AuditResult } from '../../src-shared/contract/runs/audit.ts'
import type { TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { errorText, toWireError, type WireError } from '../../src-shared/errors/app-error.ts'
import { useWorkbench } from '../app/workbench.ts'
import { Button } from '../controls/button.tsx'
import { copyText } from '../controls/copy-button.tsx'
import { numberText, ticketsText } from '../live/text.ts'
import { differencesOf, kindText } from '../runs-page/audit/audit.ts'
import { keysText, savedKeys } from './evidence.ts'
import styles from './ticket-actions.module.css'

type Answer = { readonly audit: AuditResult } | { readonly failure: WireError }

/** How many Jira's search finds now of a part's tickets, and by key what explains a difference. Asked when it is shown. */
export function JiraDifference({ part: { fromMs, toMs } }: { part: TimeSpan }): React.ReactNode {
  const { client } = useWorkbench().transport
  const [answer, setAnswer] = useState<Answer | null>(null)
  useEffect(() => {
    let isWanted = true
    const take = (given: Answer): void => void (isWanted && setAnswer(given))
    client.call('audit.span', { fromMs, toMs }).then(
      (audit) => take({ audit }),
      (error: unknown) => take({ failure: toWireError(error) }),
    )
    return () => void (isWanted = false)
  }, [client, fromMs, toMs])
  if (answer === null) return <output className={styles['answer']}>Asking Jira for each of them…</output>
  if ('failure' in answer) {
    return (
      <p className={styles['answer']} role="alert">
        {errorText(answer.failure)}
      </p>
    )
  }
  return <Compared audit={answer.audit} />
}

function Compared({ audit }: { audit: AuditResult }): React.ReactNode {
  const [copied, setCopied] = useState(false)
  const keyed = differencesOf(audit).flatMap(({ key, kind }) => (key === null ? [] : [{ key, kind }]))
  const kinds = [...new Set(keyed.map(({ kind }) => kind))]
  const keysOf = (kind: (typeof kinds)[number]): string[] =>
    keyed.filter((each) => each.kind === kind).map(({ key }) => key)
  return (
    <output className={styles['answer']}>
      <p>{comparedText(audit)}</p>
      {kinds.length > 0 && (
        <>
          <ul>
            {kinds.map((kind) => (
              <li key={kind}>
                {kindText(kind)}: {keysText(keysOf(kind))}
              </li>
            ))}
          </ul>
          <Button kind="quiet" onClick={() => setCopied(copyText(savedKeys(keyed)))}>
            {copied ? 'Copied' : 'Copy these keys'}
          </Button>
        </>
      )}
    </output>
  )
}

/** `Jira’s search finds 15 tickets now, and 13 are counted here.` */
export function comparedText({ indexed, charted }: Pick<AuditResult, 'indexed' | 'charted'>): string {
  if (indexed === charted) return `Jira’s search finds the same ${ticketsText(indexed)}.`
  return `Jira’s search finds ${ticketsText(indexed)} now, and ${numberText(charted)} ${charted === 1 ? 'is' : 'are'} counted here.`
}
