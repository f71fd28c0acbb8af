import { useId } from 'react'
import { Button } from '../controls/button.tsx'
import type { ResumeChoice } from './resume-words.ts'
import styles from './choice-list.module.css'

interface ChoiceListProps<T extends string> {
  /** What is chosen. */
  readonly label: string
  /** The likeliest first. */
  readonly choices: readonly ResumeChoice<T>[]
  readonly disabled: boolean
  /** Of the first button. */
  readonly firstId?: string | undefined
  readonly onChoose: (value: T) => void
}

/** A button for each way to go on, and below each what happens then. */
export function ChoiceList<T extends string>(props: ChoiceListProps<T>): React.ReactNode {
  const { label, choices, disabled, firstId, onChoose } = props
  const id = useId()
  return (
    <ul className={styles['choices']} aria-label={label}>
      {choices.map(({ value, action, words }, i) => (
        <li key={value}>
          <Button
            id={i === 0 ? firstId : undefined}
            kind={i === 0 ? 'primary' : 'plain'}
            aria-describedby={`${id}-${value}`}
            aria-disabled={disabled}
            onClick={() => {
              if (!disabled) onChoose(value)
            }}
          >
            {action}
          </Button>
          <p id={`${id}-${value}`}>{words}</p>
        </li>
      ))}
    </ul>
  )
}
