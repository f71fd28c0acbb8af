import { useState } from 'react'
import type { TimeMark } from '../../src-shared/contract/marks.ts'
import { isoInstant } from '../../src-shared/domain/minute.ts'
import { errorText, toWireError } from '../../src-shared/errors/app-error.ts'
import { useSiteNow, useWorkbench, useZone } from '../app/workbench.ts'
import { Button } from '../controls/button.tsx'
import { CheckField, TextField } from '../controls/field.tsx'
import { momentText, timeText } from '../live/text.ts'
import styles from './marks.module.css'

/** A new mark at a time; `fromMs` null: now. Or one that is there, to be said anew. */
interface FormProps {
  readonly mark: Partial<Omit<TimeMark, 'fromMs'>> & {
    readonly fromMs: number | null
    readonly toMs: number | null
  }
  readonly onClose: () => void
}

/** What is typed of a mark, and its saving; `until` is null as long as it is as it was. */
function useTyped({ mark, onClose }: FormProps, zone: string) {
  const { client } = useWorkbench().transport
  const { fromMs, toMs } = mark
  const [typed, setTyped] = useState({
    text: mark.text ?? '',
    incident: mark.kind === 'incident',
    until: null as string | null,
  })
  const [failure, setFailure] = useState('')
  const [busy, setBusy] = useState(false)

  async function save(): Promise<void> {
    if (busy) return
    setBusy(true)
    const { until, ...rest } = typed
    const to = until === null ? toMs !== null && isoInstant(toMs) : until.trim()
    const said = { ...rest, zone, ...(fromMs !== null && { at: isoInstant(fromMs) }), ...(to && { to }) }
    try {
      const { id, revision } = mark
      await (id !== undefined && typeof revision === 'string'
        ? client.call('marks.change', { id, seen: revision, ...said })
        : client.call('marks.add', said))
      onClose()
    } catch (error) {
      setFailure(errorText(toWireError(error)))
      setBusy(false)
    }
  }

  return { typed, put: (part: Partial<typeof typed>) => setTyped({ ...typed, ...part }), failure, busy, save }
}

/** A mark as it is typed: what happened, until when, and whether it was an incident. */
export function MarkForm(props: FormProps): React.ReactNode {
  const { mark, onClose } = props
  const { fromMs, toMs } = mark
  const zone = useZone()
  const nowMs = useSiteNow()
  const { typed, put, failure, busy, save } = useTyped(props, zone)
  const { text, incident, until } = typed
  const when = fromMs === null ? 'now' : momentText(fromMs, zone, nowMs)
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape, from whichever of its fields
    <form
      className={styles['form']}
      aria-label={mark.id === undefined ? `Mark ${when}` : 'Change the mark'}
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        event.preventDefault()
        onClose()
      }}
    >
      <TextField
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- it was opened by who wants to type
        autoFocus
        label={`What happened ${fromMs === null ? 'now' : `at ${when}`}`}
        placeholder="deploy 5.17"
        maxLength={200}
        value={text}
        onChange={(event) => put({ text: event.target.value })}
      />
      <TextField
        label="Until"
        placeholder={incident ? 'an hour on' : 'a moment: leave it empty'}
        hint={incident ? 'What is usual is not learned from this time.' : undefined}
        value={until ?? (toMs === null ? '' : timeText(toMs, zone))}
        onChange={(event) => put({ until: event.target.value })}
      />
      <CheckField label="Incident" checked={incident} onChange={(checked) => put({ incident: checked })} />
      <p role="alert" className={styles['failure']}>
        {failure}
      </p>
      <div className={styles['buttons']}>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" kind="primary" disabled={busy || text.trim() === ''}>
          {mark.id === undefined ? 'Mark' : 'Save'}
        </Button>
      </div>
    </form>
  )
}
