import { ToggleGroup } from 'radix-ui'
import styles from './segments.module.css'

interface SegmentsProps<T extends string | number> {
  /** What is chosen here. */
  readonly label: string
  readonly value: T
  readonly options: readonly { readonly value: T; readonly label: string; readonly spoken?: string }[]
  readonly size?: 'normal' | 'small'
  readonly onChange: (value: T) => void
}

/** One of a few choices, all in sight. */
export function Segments<T extends string | number>(props: SegmentsProps<T>): React.ReactNode {
  const { label, value, options, size = 'normal', onChange } = props
  return (
    <ToggleGroup.Root
      type="single"
      className={styles['segments']}
      data-size={size}
      aria-label={label}
      value={String(value)}
      onValueChange={(chosen) => {
        // Pressed again, the chosen one would be let go of; one is always chosen.
        const option = options.find((candidate) => String(candidate.value) === chosen)
        if (option) onChange(option.value)
      }}
    >
      {options.map((option) => (
        <ToggleGroup.Item
          key={option.value}
          value={String(option.value)}
          className={styles['segment']}
          aria-label={option.spoken}
        >
          {option.label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  )
}
