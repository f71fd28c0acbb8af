import styles from './button.module.css'

interface ButtonProps extends React.ComponentProps<'button'> {
  /** `primary` is the one thing to do, `plain` another, `quiet` stands in a line of text. */
  readonly kind?: 'primary' | 'plain' | 'quiet'
}

/** A button with words on it. */
export function Button({ kind = 'plain', className, ...rest }: ButtonProps): React.ReactNode {
  return <button type="button" className={[styles['button'], styles[kind], className].join(' ')} {...rest} />
}
