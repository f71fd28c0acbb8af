import { useId } from 'react'
import styles from './segments.module.css'

interface SegmentsProps<T extends string | number> {
  readonly label: string
  readonly value: T
  readonly options: readonly { readonly value: T; readonly label: string; readonly spoken?: string }[]
  readonly size?: 'normal' | 'small'
  readonly onChange: (value: T) => void
}

/** One of a few choices, all in sight: radio buttons in another dress, so the browser knows how they are used. */
export function Segments<T extends string | number>(props: SegmentsProps<T>): React.ReactNode {
  const { label, value, options, size = 'normal', onChange } = props
  const name = useId()
  return (
    <div className={styles['segments']} data-size={size} role="radiogroup" aria-label={label}>
      {options.map((option) => (
        <label key={option.value} className={styles['segment']}>
          <input
            type="radio"
            name={name}
            aria-label={option.spoken}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          <span>{option.label}</span>
        </label>
      ))}
    </div>
  )
}
