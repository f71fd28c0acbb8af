import { useState } from 'react'
import type { Session } from '../../../src-shared/contract/models.ts'
import { ticketsWords } from '../../chart/chart-text.ts'
import { Button } from '../../controls/button.tsx'
import { Field } from '../../controls/field.tsx'
import { numberWords } from '../number-words.ts'
import { useCleanUp, useRunsDesk } from '../runs-desk.ts'
import page from '../runs-page.module.css'
import { isCount } from './clean-up-words.ts'
import styles from './clean-up.module.css'

interface CleanUpConfirmProps {
  readonly count: number
  readonly site: Session['site']
  readonly part: React.RefObject<HTMLElement | null>
}

/** The last question. In a real Jira it is answered by typing how many tickets go. */
export function CleanUpConfirm({ count, site, part }: CleanUpConfirmProps): React.ReactNode {
  const { cleanUp } = useRunsDesk()
  const busy = useCleanUp((state) => state.busy !== null || state.cleanUp?.state === 'running')
  const begins = useCleanUp((state) => state.busy === 'starting')
  const [typed, setTyped] = useState('')
  const real = site.kind !== 'sandbox'
  const agreed = !real || isCount(typed, count)
  return (
    <form
      className={styles['confirm']}
      onSubmit={(event) => {
        event.preventDefault()
        if (!agreed || busy) return
        // The button goes; reading goes on at what it began.
        part.current?.focus()
        cleanUp.start(site.id)
      }}
    >
      {real && (
        <div className={styles['field']}>
          <Field label={`Type ${numberWords(count)} to agree`}>
            {(control) => (
              <input
                {...control}
                inputMode="numeric"
                autoComplete="off"
                value={typed}
                onChange={({ target }) => setTyped(target.value)}
              />
            )}
          </Field>
        </div>
      )}
      <div className={page['buttons']}>
        <Button kind="primary" type="submit" disabled={!agreed || busy}>
          {begins ? 'Beginning…' : `Delete ${ticketsWords(count)}`}
        </Button>
        <Button
          onClick={() => {
            part.current?.focus()
            cleanUp.leave()
          }}
        >
          Keep them
        </Button>
      </div>
    </form>
  )
}
