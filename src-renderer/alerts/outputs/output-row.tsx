import { Pencil, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { Output } from '../../../src-shared/contract/alerts/outputs.ts'
import type { Result } from '../../../src-shared/contract/methods.ts'
import { removedOutputText } from '../../../src-shared/domain/usual/alert-text.ts'
import { focusOn, useSiteNow, useWorkbench, useZone } from '../../app/workbench.ts'
import { Button, IconButton } from '../../controls/button.tsx'
import { RemovalQuestion } from '../../controls/removal-question.tsx'
import { usePerform } from '../../controls/use-perform.ts'
import { momentText, numberText } from '../../live/text.ts'
import { OutputForm } from './output-form.tsx'
import { OUTPUT_KINDS } from './output-fields.ts'
import { deliveryTexts, isFailing, secretText } from './output-text.ts'
import styles from './outputs.module.css'

/** Where the focus goes from what is there no more. */
export const ADD_OUTPUT_ID = 'add-output'

interface RowProps {
  readonly output: Output
  /** Says what was done with it. */
  readonly onDone: (text: string) => void
}

/** One output, with what can be done with it. */
export function OutputRow({ output, onDone }: RowProps): React.ReactNode {
  const [mode, setMode] = useState<'shown' | 'changing' | 'removing'>('shown')
  const { id, name } = output
  const [changeId, removeId] = [`change-output-${id}`, `remove-output-${id}`]

  function back(to: string): void {
    setMode('shown')
    focusOn(to)
  }

  return (
    <li className={styles['output']}>
      <OutputFacts output={output} />
      {mode === 'shown' && (
        <div className={styles['buttons']}>
          <TestButton output={output} />
          <IconButton
            icon={Pencil}
            id={changeId}
            label={`Change ${name}`}
            onClick={() => setMode('changing')}
          />
          <IconButton
            icon={Trash2}
            id={removeId}
            label={`Remove ${name}…`}
            onClick={() => setMode('removing')}
          />
        </div>
      )}
      {mode === 'removing' && <Removal output={output} onDone={onDone} onKeep={() => back(removeId)} />}
      {mode === 'changing' && (
        <OutputForm
          output={output}
          onClose={(changed) => {
            back(changeId)
            if (changed !== null) onDone(`“${changed.name}” is changed.`)
          }}
        />
      )}
    </li>
  )
}

function Removal({ output, onDone, onKeep }: RowProps & { readonly onKeep: () => void }): React.ReactNode {
  const { client } = useWorkbench().transport
  const [perform, failure] = usePerform()
  const { id, name } = output

  const remove = async (): Promise<void> => {
    const { secret } = await client.call('outputs.remove', { id })
    onDone(removedOutputText(name, secret))
    focusOn(ADD_OUTPUT_ID)
  }
  return (
    <>
      <div className={styles['buttons']}>
        <RemovalQuestion action="Remove" onKeep={onKeep} onRemove={() => void perform(remove)}>
          Remove “{name}” for everybody who shares this store? What still waits for it is not sent.
        </RemovalQuestion>
      </div>
      <p className={styles['failure']} role="alert">
        {failure}
      </p>
    </>
  )
}

function OutputFacts({ output }: { output: Output }): React.ReactNode {
  const zone = useZone()
  const nowMs = useSiteNow()
  const { name, kind, url, delivery } = output
  const moment = (ms: number): string => `at ${momentText(ms, zone, nowMs)}`
  return (
    <>
      <span className={styles['name']}>{name}</span>
      <span className={styles['text']}>
        {OUTPUT_KINDS[kind].label}, {url}
      </span>
      {secretText(output) !== '' && <span className={styles['text']}>{secretText(output)}</span>}
      <span className={styles['text']} data-failing={isFailing(delivery) || undefined}>
        {deliveryTexts(delivery, moment).join(' ')}
      </span>
    </>
  )
}

function TestButton({ output: { id, name } }: { output: Output }): React.ReactNode {
  const { client } = useWorkbench().transport
  const [isTesting, setTesting] = useState(false)
  const [came, setCame] = useState<Result<'outputs.test'> | null>(null)
  const [perform, failure] = usePerform()

  async function test(): Promise<void> {
    setTesting(true)
    setCame(null)
    await perform(async () => setCame(await client.call('outputs.test', { id })))
    setTesting(false)
  }

  return (
    <>
      <Button
        aria-label={`Test ${name}`}
        aria-disabled={isTesting}
        onClick={() => {
          if (!isTesting) void test()
        }}
      >
        Test
      </Button>
      <output className={styles['came']} data-failing={failure !== '' || came?.taken === false || undefined}>
        {isTesting && 'A test is sent…'}
        {!isTesting && failure}
        {came !== null &&
          `The test was ${came.taken ? `taken, after ${numberText(Math.round(came.tookMs))} ms` : 'not taken'}.`}
      </output>
    </>
  )
}
