import { useEffect, useRef, useState } from 'react'
import type { Output, OutputKind } from '../../../src-shared/contract/alerts/outputs.ts'
import { useWorkbench } from '../../app/workbench.ts'
import { Button } from '../../controls/button.tsx'
import { CheckField, SelectField, TextField } from '../../controls/field.tsx'
import { usePerform } from '../../controls/use-perform.ts'
import { changedOutput, FIELD, isOutputKind, newOutput, OUTPUT_KINDS } from './output-fields.ts'
import styles from './outputs.module.css'

interface FormProps {
  /** The one that is changed; null: another one is added. */
  readonly output: Output | null
  /** `output`: as it is now; null where it was left as it was. */
  readonly onClose: (output: Output | null) => void
}

/** An output’s fields. The secret is in its field alone, and gone with it. */
export function OutputForm({ output, onClose }: FormProps): React.ReactNode {
  const { client } = useWorkbench().transport
  const [isBusy, setBusy] = useState(false)
  const [perform, failure] = usePerform()
  const failureRef = useRef<HTMLParagraphElement>(null)
  // The panel scrolls, and the fields are long.
  useEffect(() => {
    if (failure !== '') failureRef.current?.scrollIntoView({ block: 'nearest' })
  }, [failure])

  async function send(form: FormData): Promise<void> {
    setBusy(true)
    const isDone = await perform(async () => {
      onClose(
        output === null
          ? await client.call('outputs.add', newOutput(form))
          : await client.call('outputs.change', changedOutput(output, form)),
      )
    })
    if (!isDone) setBusy(false)
  }

  return (
    <form
      className={styles['form']}
      aria-label={output === null ? 'New output' : `Change ${output.name}`}
      aria-busy={isBusy}
      onSubmit={(event) => {
        event.preventDefault()
        if (!isBusy) void send(new FormData(event.currentTarget))
      }}
    >
      <Fields output={output} />
      <p ref={failureRef} className={styles['failure']} role="alert">
        {failure}
      </p>
      <div className={styles['buttons']}>
        <Button type="submit" kind="primary" aria-disabled={isBusy}>
          {output === null ? 'Add output' : 'Save'}
        </Button>
        <Button onClick={() => onClose(null)}>Cancel</Button>
      </div>
    </form>
  )
}

const KINDS = Object.entries(OUTPUT_KINDS).map(([kind, { label }]) => [kind, label] as const)

function Fields({ output }: Pick<FormProps, 'output'>): React.ReactNode {
  const [kind, setKind] = useState<OutputKind>(output?.kind ?? 'webhook')
  const [isElsewhere, setElsewhere] = useState(false)
  return (
    <>
      {output === null && (
        <SelectField
          label="Kind"
          name={FIELD.kind}
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- where the button was that opened the form
          autoFocus
          value={kind}
          options={KINDS}
          onChange={({ target }) => {
            if (isOutputKind(target.value)) setKind(target.value)
          }}
        />
      )}
      <TextField
        label="Name"
        name={FIELD.name}
        maxLength={80}
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- where the button was that opened the form
        autoFocus={output !== null}
        required={output !== null}
        defaultValue={output?.name ?? ''}
        placeholder={OUTPUT_KINDS[kind].label}
      />
      <AddressField output={output} kind={kind} isElsewhere={isElsewhere} />
      {!isElsewhere && <SecretField key={kind} kind={kind} output={output} />}
      {output === null && (
        <CheckField
          label="Its secret is in the environment of the program that sends"
          name={FIELD.isElsewhere}
          checked={isElsewhere}
          onChange={setElsewhere}
        />
      )}
      {kind !== 'pagerduty' && (
        <CheckField
          label="It may be on this machine or in a private network"
          name={FIELD.allowPrivate}
          defaultChecked={output?.allowPrivate ?? false}
          onChange={() => {}}
        />
      )}
    </>
  )
}

interface AddressProps {
  readonly output: Output | null
  readonly kind: OutputKind
  readonly isElsewhere: boolean
}

function AddressField({ output, kind, isElsewhere }: AddressProps): React.ReactNode {
  const { address, addressHint } = OUTPUT_KINDS[kind]
  // Without its secret nothing else says whose server it is; Slack has one.
  const isAsked = address !== 'secret' || (isElsewhere && kind === 'teams')
  if (!isAsked) return null
  return (
    <TextField
      label="Address"
      name={FIELD.url}
      inputMode="url"
      maxLength={2_048}
      required={address !== 'preset'}
      defaultValue={output?.url ?? ''}
      placeholder="https://"
      hint={addressHint ?? (address === 'secret' ? 'Its server alone: https://host.' : undefined)}
    />
  )
}

interface SecretProps {
  readonly kind: OutputKind
  readonly output: Output | null
}

function SecretField({ kind, output }: SecretProps): React.ReactNode {
  const { secret, secretHint, needsSecret } = OUTPUT_KINDS[kind]
  const isKept = output?.needsSecret === true
  return (
    <TextField
      label={secret}
      name={FIELD.secret}
      type="password"
      maxLength={2_048}
      required={needsSecret && output === null}
      hint={isKept ? 'Left empty, it stays as it is. It is never shown.' : secretHint}
    />
  )
}
