import type { LucideIcon } from 'lucide-react'
import { Tooltip } from 'radix-ui'
import styles from './button.module.css'

interface ButtonProps extends React.ComponentProps<'button'> {
  /**
   * `primary` is the one thing to do, `plain` another, `quiet` stands in a line of text. `danger` ends or deletes something for
   * good, `final` does so at once.
   */
  readonly kind?: 'primary' | 'plain' | 'quiet' | 'danger' | 'final'
}

/** A button with a text on it. */
export function Button({ kind = 'plain', className, ...rest }: ButtonProps): React.ReactNode {
  return <button type="button" className={[styles['button'], styles[kind], className].join(' ')} {...rest} />
}

interface IconButtonProps extends Omit<React.ComponentProps<'button'>, 'aria-label'> {
  readonly icon: LucideIcon
  /** What it does, for the tooltip and for who does not see the icon. */
  readonly label: string
  readonly shortcut?: string
}

/** A button that is only an icon; its tooltip says what it does and which key does it. */
export function IconButton({ icon: Icon, label, shortcut, ...rest }: IconButtonProps): React.ReactNode {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>
        <button type="button" className={styles['icon-button']} aria-label={label} {...rest}>
          <Icon size={16} strokeWidth={1.75} aria-hidden="true" />
        </button>
      </Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content className={styles['tip']} sideOffset={6} collisionPadding={8}>
          {label}
          {shortcut !== undefined && <kbd className={styles['key']}>{shortcut}</kbd>}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  )
}
