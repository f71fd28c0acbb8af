import { useEffect, useState } from 'react'
import type { Differs } from '../../src-shared/contract/alerts/differs.ts'
import type { TimeSpan } from '../../src-shared/domain/known-spans.ts'
import {
  differsSentence,
  FIELD_NAMES,
  percent,
  peopleSentence,
} from '../../src-shared/domain/usual/differs-text.ts'
import { messageOf, toWireError, type WireError } from '../../src-shared/errors/app-error.ts'
import { useWorkbench } from '../app/workbench.ts'
import { Button } from '../controls/button.tsx'
import styles from './what-differs.module.css'

/** The values that more of the tickets have than usual, each with both shares; or why there are none. */
export function DifferingValues({ part }: { part: TimeSpan }): React.ReactNode {
  const [tries, setTries] = useState(0)
  return <Compared key={tries} part={part} onRetry={() => setTries(tries + 1)} />
}

interface ComparedProps {
  readonly part: TimeSpan
  readonly onRetry: () => void
}

function Compared({ part: { fromMs, toMs }, onRetry }: ComparedProps): React.ReactNode {
  const { client } = useWorkbench().transport
  const [found, setFound] = useState<Differs | WireError | null>(null)
  useEffect(() => {
    let left = false
    client.call('differs.get', { fromMs, toMs }).then(
      (differs) => left || setFound(differs),
      (error: unknown) => left || setFound(toWireError(error)),
    )
    return () => {
      left = true
    }
  }, [client, fromMs, toMs])

  if (found === null) {
    return <p className={styles['note']}>Comparing with the same hours of previous weeks…</p>
  }
  if (!('state' in found)) {
    return (
      <p className={styles['note']} role="alert">
        {messageOf(found)}{' '}
        <Button kind="quiet" onClick={onRetry}>
          Try again
        </Button>
      </p>
    )
  }
  return (
    <>
      <output className={styles['note']}>
        {[peopleSentence(found), differsSentence(found)].filter((text) => text !== '').join(' ')}
      </output>
      {found.parts.length > 0 && <DifferingTable differs={found} />}
    </>
  )
}

function DifferingTable({ differs: { parts } }: { differs: Differs }): React.ReactNode {
  return (
    <table className={styles['table']}>
      <thead>
        <tr>
          <th scope="col">Value</th>
          <th scope="col">Tickets</th>
          <th scope="col">Share</th>
          <th scope="col">Usual</th>
        </tr>
      </thead>
      <tbody>
        {parts.map(({ by, value, tickets, share, usualShare }) => (
          <tr key={`${by} ${value}`}>
            <th scope="row">
              <span className={styles['by']}>{FIELD_NAMES[by]}</span> {value}
            </th>
            <td>{tickets}</td>
            <td>{percent(share)}</td>
            <td>{percent(usualShare)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
