import { Pencil, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { TimeMark } from '../../src-shared/contract/marks.ts'
import { useMay, useWorkbench } from '../app/workbench.ts'
import { IconButton } from '../controls/button.tsx'
import { RemovalQuestion } from '../controls/removal-question.tsx'
import { usePerform } from '../controls/use-perform.ts'
import { markTimeText } from './flags.ts'
import { MarkForm } from './mark-form.tsx'
import { MarkIcon } from './mark-icon.tsx'
import styles from './marks.module.css'

interface ListProps {
  readonly marks: readonly TimeMark[]
  readonly zone: string
  readonly nowMs: number
}

/** The marks of a flag; those that people set can be changed and removed. */
export function MarkList({ marks, zone, nowMs }: ListProps): React.ReactNode {
  return (
    <ul className={styles['list']}>
      {marks.map((mark) => (
        <MarkRow key={mark.id} mark={mark} zone={zone} nowMs={nowMs} />
      ))}
    </ul>
  )
}

interface RowProps extends Omit<ListProps, 'marks'> {
  readonly mark: TimeMark
}

function MarkRow({ mark, zone, nowMs }: RowProps): React.ReactNode {
  const [doing, setDoing] = useState<'change' | 'remove' | null>(null)
  const may = useMay('run')
  const { kind, text, revision } = mark
  if (doing === 'change') {
    return (
      <li>
        <MarkForm mark={mark} onClose={() => setDoing(null)} />
      </li>
    )
  }
  if (doing === 'remove') return <RemoveRow mark={mark} onClose={() => setDoing(null)} />
  return (
    <li className={styles['row']} data-kind={kind}>
      <MarkIcon kind={kind} />
      <span className={styles['text']}>
        <span className={styles['time']}>{markTimeText(mark, zone, nowMs)}</span>{' '}
        {kind === 'incident' && 'Incident: '}
        {text}
      </span>
      {may && revision !== null && (
        <>
          <IconButton icon={Pencil} label={`Change ${text}`} onClick={() => setDoing('change')} />
          <IconButton icon={Trash2} label={`Remove ${text}…`} onClick={() => setDoing('remove')} />
        </>
      )}
    </li>
  )
}

function RemoveRow({ mark, onClose }: { mark: TimeMark; onClose: () => void }): React.ReactNode {
  const { client } = useWorkbench().transport
  const [perform, failure] = usePerform()
  const { id, revision, text } = mark

  return (
    <li className={styles['row']}>
      <RemovalQuestion
        action="Remove"
        onKeep={onClose}
        onRemove={() => void perform(() => client.call('marks.remove', { id, seen: revision ?? '' }))}
      >
        Remove “{text}” for everybody who shares this store?{' '}
        <span role="alert" className={styles['failure']}>
          {failure}
        </span>
      </RemovalQuestion>
    </li>
  )
}
