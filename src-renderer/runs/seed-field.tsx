import { Shuffle } from 'lucide-react'
import { IconButton } from '../controls/icon-button.tsx'
import { drawSeed } from './run-fields.ts'
import type { FormProps } from './form-fields.ts'
import { TypedField } from './typed-field.tsx'
import styles from './run-form.module.css'

/** The number from which the whole plan follows: the same one gives the same run. */
export function SeedField(props: FormProps): React.ReactNode {
  return (
    <div className={styles['seed']}>
      <TypedField {...props} name="seed" label="Seed" inputMode="numeric" />
      <IconButton
        icon={Shuffle}
        label="Draw another seed"
        onClick={() => props.onChange({ seed: String(drawSeed()) })}
      />
    </div>
  )
}
