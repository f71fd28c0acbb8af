import { useEffect, useRef, useState } from 'react'
import type { CleanUp, CleanUpPreview } from '../../../src-shared/contract/runs/clean-up.ts'
import type { RunProgress } from '../../../src-shared/contract/runs/runs.ts'
import type { Session } from '../../../src-shared/contract/tickets.ts'
import { useDashboard } from '../../app/workbench.ts'
import { Button } from '../../controls/button.tsx'
import { TextField } from '../../controls/field.tsx'
import { ProgressBar, ScrollRegion } from '../../controls/data.tsx'
import { numberText, ticketsText } from '../../live/text.ts'
import { TicketKey } from '../../tickets/ticket-key.tsx'
import { CopyButton } from '../../controls/copy-button.tsx'
import { FailureNote } from '../failure-note.tsx'
import { useCleanUp, useRunsController, useRunsPlace } from '../runs-controller.ts'
import page from '../runs-page.module.css'
import { canCleanUp, isCount, meaningText, previewText, progressText } from './clean-up.ts'
import styles from './clean-up.module.css'

/** More than anyone reads. */
const MAX_LISTED = 200

/** The clean-up of a run: what would be deleted, how far it is, how it ended. Nothing while nobody thinks of it. */
export function CleanUpPart({ run }: { run: RunProgress }): React.ReactNode {
  const { cleanUp: controller } = useRunsController()
  const site = useDashboard((state) => state.session?.site)
  const { runId, preview, failure, busy, cleanUp } = useCleanUp((state) => state)
  const thought = runId === run.runId
  const own = cleanUp?.runId === run.runId ? cleanUp : null
  const part = useRef<HTMLElement>(null)
  // What was asked for is read, and scrolled to, when it comes.
  useEffect(() => {
    if (thought) part.current?.focus()
  }, [thought])
  const shown = thought && preview !== null
  useEffect(() => {
    if (shown) part.current?.scrollIntoView({ block: 'nearest' })
  }, [shown])
  if (site === undefined || (!thought && own === null)) return null
  return (
    <section ref={part} className={page['part']} aria-labelledby="clean-up-title" tabIndex={-1}>
      <h2 id="clean-up-title">Clean-up</h2>
      {own !== null && !thought && <CleanUpProgress run={run} cleanUp={own} part={part} />}
      {thought && cleanUp?.state === 'running' && <OtherCleanUp runId={cleanUp.runId} />}
      {thought && failure && (
        <FailureNote failure={failure} retry="Look again" onRetry={() => controller.look(run.runId)} />
      )}
      {thought && busy === 'looking' && <p className="quiet">Asking Jira what this run made…</p>}
      {thought && preview && (
        <CleanUpPreviewed key={preview.count} preview={preview} site={site} part={part} />
      )}
    </section>
  )
}

/** Another run is being cleaned up: one at a time. */
function OtherCleanUp({ runId }: { runId: string }): React.ReactNode {
  const { showRun } = useRunsPlace()
  return (
    <p className="trouble">
      Another run is being cleaned up. This one can be when that has ended.{' '}
      <Button kind="quiet" onClick={() => showRun(runId)}>
        Show it
      </Button>
    </p>
  )
}

interface PartProps {
  readonly site: Session['site']
  /** Where reading goes on when the button that was pressed goes. */
  readonly part: React.RefObject<HTMLElement | null>
}

/** What would be deleted and what would stay, and the button that does it, or why it cannot be done. */
function CleanUpPreviewed(props: PartProps & { preview: CleanUpPreview }): React.ReactNode {
  const { preview, site, part } = props
  const { cleanUp } = useRunsController()
  const { count, refusal } = preview
  return (
    <>
      <p>
        <b>{previewText(preview, site)}</b> {count > 0 && refusal === null && meaningText(site)}
      </p>
      <Keys preview={preview} />
      <KeptTickets kept={preview.kept} title="Stays" />
      {refusal !== null && <Refusal refusal={refusal} />}
      {count > 0 && refusal === null ? (
        <CleanUpConfirm count={count} site={site} part={part} />
      ) : (
        <div className={page['buttons']}>
          <Button onClick={() => cleanUp.look(preview.runId)}>Look again</Button>
          <Button onClick={cleanUp.leave}>Leave it</Button>
        </div>
      )}
    </>
  )
}

function Keys({ preview: { count, keys } }: { preview: CleanUpPreview }): React.ReactNode {
  if (keys.length === 0) return null
  return (
    <ScrollRegion className={styles['keys']} label="Tickets that would be deleted">
      {keys.map((key, i) => (
        <span key={key}>
          {i > 0 && ', '}
          <span className={styles['key']}>{key}</span>
        </span>
      ))}
      {count > keys.length && `, and ${numberText(count - keys.length)} more`}
    </ScrollRegion>
  )
}

/** How far a clean-up is, or how it ended; one that was stopped can go on. */
function CleanUpProgress(
  props: Pick<PartProps, 'part'> & { run: RunProgress; cleanUp: CleanUp },
): React.ReactNode {
  const { run, cleanUp, part } = props
  const { cleanUp: controller } = useRunsController()
  const { busy, failure: refused } = useCleanUp((known) => known)
  const { state, total, deleted, kept, failure } = cleanUp
  const runs = state === 'running'
  return (
    <>
      <p>
        <b>{progressText(cleanUp)}</b>
      </p>
      <ProgressBar
        rests={!runs}
        aria-label="Tickets deleted"
        max={Math.max(1, total)}
        value={total === 0 ? 1 : deleted}
      />
      <output className="unseen">{runs ? '' : progressText(cleanUp)}</output>
      {failure && <Refusal refusal={failure} />}
      {refused && <FailureNote failure={refused} />}
      <KeptTickets kept={kept} title="Stayed" />
      <div className={page['buttons']}>
        {runs && (
          <Button
            disabled={busy !== null}
            onClick={() => {
              part.current?.focus()
              controller.stop()
            }}
          >
            {busy === 'stopping' ? 'Stopping…' : 'Stop'}
          </Button>
        )}
        {state === 'stopped' && canCleanUp(run) && (
          <Button kind="primary" disabled={busy !== null} onClick={() => controller.look(run.runId)}>
            Go on
          </Button>
        )}
      </div>
    </>
  )
}

/** Tickets that are not deleted, each with the reason. */
function KeptTickets({ kept, title }: Pick<CleanUp, 'kept'> & { title: string }): React.ReactNode {
  if (kept.length === 0) return null
  return (
    <div>
      <h3>
        {title}: {numberText(kept.length)}
      </h3>
      <ScrollRegion className={styles['kept']} label={title}>
        <ul>
          {kept.slice(0, MAX_LISTED).map(({ key, reason }) => (
            <li key={key}>
              <TicketKey ticketKey={key} /> {reason}
            </li>
          ))}
          {kept.length > MAX_LISTED && <li>and {numberText(kept.length - MAX_LISTED)} more</li>}
        </ul>
      </ScrollRegion>
    </div>
  )
}

/** Why tickets cannot be deleted from here, and what to do; where that is a search in Jira, with the search to copy. */
function Refusal({ refusal }: { refusal: NonNullable<CleanUp['failure']> }): React.ReactNode {
  const { message, hint, search } = refusal
  return (
    <div className={styles['refusal']} role="alert">
      <p>
        <b>{message}</b> {search?.before ?? hint}
      </p>
      {search && (
        <p className={styles['jql']}>
          <code>{search.jql}</code>
          <CopyButton text={search.jql} label="Copy the search" />
        </p>
      )}
    </div>
  )
}

/** The last question. In a real Jira it is answered by typing how many tickets go. */
function CleanUpConfirm({ count, site, part }: PartProps & { count: number }): React.ReactNode {
  const { cleanUp } = useRunsController()
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
          <TextField
            label={`Type ${numberText(count)} to agree`}
            inputMode="numeric"
            value={typed}
            onChange={({ target }) => setTyped(target.value)}
          />
        </div>
      )}
      <div className={page['buttons']}>
        <Button kind="final" type="submit" disabled={!agreed || busy}>
          {begins ? 'Beginning…' : `Delete ${ticketsText(count)}`}
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
