import { useEffect, useState } from 'react'
import type { Output } from '../../../src-shared/contract/alerts/outputs.ts'
import { errorText, toWireError } from '../../../src-shared/errors/app-error.ts'
import { focusOn, useWorkbench } from '../../app/workbench.ts'
import { onConnected, type WindowTransport } from '../../client/transport.ts'
import { Button } from '../../controls/button.tsx'
import { OutputForm } from './output-form.tsx'
import { ADD_OUTPUT_ID, OutputRow } from './output-row.tsx'
import styles from './outputs.module.css'

type OutputsState =
  | { readonly is: 'reading' }
  | { readonly is: 'read'; readonly outputs: readonly Output[] }
  | { readonly is: 'failed'; readonly why: string }

/** Where alerts are sent, and how that goes. For who may change it. */
export function OutputsSection(): React.ReactNode {
  const { transport } = useWorkbench()
  const [state, setState] = useState<OutputsState>({ is: 'reading' })
  const [isAdding, setAdding] = useState(false)
  const [done, setDone] = useState('')
  const [feed] = useState(() => createOutputsFeed(transport, setState))
  useEffect(() => feed.follow(), [feed])

  function close(added: Output | null): void {
    setAdding(false)
    if (added !== null)
      setDone(`Alerts are sent to “${added.name}” from now on. A test shows whether they arrive.`)
    focusOn(ADD_OUTPUT_ID)
  }

  return (
    <section className={styles['outputs']} aria-label="Where alerts are sent">
      {state.is === 'reading' && <p className={styles['text']}>Reading where alerts are sent…</p>}
      {state.is === 'failed' && (
        <>
          <p className={styles['failure']} role="alert">
            {state.why}
          </p>
          <Button
            onClick={() => {
              setState({ is: 'reading' })
              void feed.read()
            }}
          >
            Read it again
          </Button>
        </>
      )}
      {state.is === 'read' && (
        <p className={styles['text']}>
          {state.outputs.length === 0
            ? 'Alerts are sent nowhere yet: they are seen in windows alone.'
            : 'Every alert of every rule goes to each of these.'}
        </p>
      )}
      {state.is === 'read' && state.outputs.length > 0 && (
        <ul className={styles['list']} aria-label="Outputs">
          {state.outputs.map((output) => (
            <OutputRow key={output.id} output={output} onDone={setDone} />
          ))}
        </ul>
      )}
      <output className={styles['text']}>{done}</output>
      {isAdding && <OutputForm output={null} onClose={close} />}
      {!isAdding && state.is === 'read' && (
        <Button id={ADD_OUTPUT_ID} onClick={() => setAdding(true)}>
          Add an output…
        </Button>
      )}
    </section>
  )
}

/** Reads the outputs, and anew whenever the connection is there again; each change brings all of them. */
function createOutputsFeed(transport: WindowTransport, put: (state: OutputsState) => void) {
  const { client } = transport
  // An answer is no longer of now where a change came meanwhile.
  let asked = 0
  const read = async (): Promise<void> => {
    const mine = ++asked
    const came = await client.call('outputs.list', {}).then(
      ({ outputs }): OutputsState => ({ is: 'read', outputs }),
      (error: unknown): OutputsState => ({ is: 'failed', why: errorText(toWireError(error)) }),
    )
    if (mine === asked) put(came)
  }
  return {
    read,
    follow(): () => void {
      const leave = [
        client.on('outputs.changed', ({ outputs }) => {
          asked++
          put({ is: 'read', outputs })
        }),
        onConnected(transport, () => void read()),
      ]
      void read()
      return () => {
        asked++
        for (const end of leave) end()
      }
    },
  }
}
