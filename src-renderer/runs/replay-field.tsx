import { useRef, useState } from 'react'
import type { Replay } from '../../src-shared/contract/models.ts'
import { toWireError } from '../../src-shared/errors/app-error.ts'
import { useWorkbench } from '../app/workbench.ts'
import { ticketsWords } from '../chart/chart-text.ts'
import { Field } from '../controls/field.tsx'
import type { FormProps } from './form-fields.ts'
import { fieldWords } from './problem-words.ts'

/** As much text as the core takes: see `runs.readReplay`. */
const MAX_TEXT = 900_000

/** The file whose tickets are replayed. It is read by the core; what it cannot read is said here. */
export function ReplayField({ fields, problems, onChange }: FormProps): React.ReactNode {
  const { client } = useWorkbench().door
  const [reading, setReading] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const latest = useRef<File>(null)

  async function read(file: File): Promise<void> {
    latest.current = file
    setReading(true)
    setFailure(null)
    onChange({ replay: null })
    const outcome = await readReplay(file, (text) =>
      client.call('runs.readReplay', { name: file.name, text }),
    )
    // Another file was chosen meanwhile.
    if (latest.current !== file) return
    setReading(false)
    if (typeof outcome === 'string') setFailure(outcome)
    else onChange({ replay: outcome })
  }

  const problem = reading ? undefined : (failure ?? (fields.replay ? problems.replay : undefined))
  return (
    <Field label="File of tickets" hint={hintWords(reading, fields.replay)} problem={problem}>
      {(control) => (
        <input
          {...control}
          type="file"
          accept=".csv,.jsonl,.ndjson,.json,.txt"
          onChange={({ target }) => {
            const file = target.files?.[0]
            if (file) void read(file)
          }}
        />
      )}
    </Field>
  )
}

/** What the file holds, or why it cannot be taken, as a sentence. */
async function readReplay(file: File, ask: (text: string) => Promise<Replay>): Promise<Replay | string> {
  if (file.size > MAX_TEXT * 4) return tooLarge(file)
  try {
    const text = await file.text()
    return text.length > MAX_TEXT ? tooLarge(file) : await ask(text)
  } catch (error) {
    return error instanceof DOMException
      ? `${file.name} could not be read. Choose it again.`
      : fieldWords(toWireError(error))
  }
}

function tooLarge({ name }: File): string {
  return `${name} is larger than 900 kB. The command line takes larger files: create-tickets --replay.`
}

function hintWords(reading: boolean, replay: Replay | null): string {
  if (reading) return 'Reading…'
  if (replay === null) return 'CSV or JSON lines, with the time of creation.'
  return `${replay.name}: ${ticketsWords(replay.offsetsMs.length)}.`
}
