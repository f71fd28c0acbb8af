import { Button } from './button.tsx'
import styles from './confirm.module.css'
import { Modal } from './modal.tsx'

interface ConfirmProps {
  readonly title: string
  /** What it means, in full sentences. */
  readonly children: React.ReactNode
  /** The verb of what is about to happen. */
  readonly action: string
  /** The verb of leaving things as they are; being the first, it has the focus. */
  readonly keep: string
  readonly onConfirm: () => void
  readonly onClose: () => void
}

/** Asks before something that cannot be taken back. */
export function Confirm({
  title,
  children,
  action,
  keep,
  onConfirm,
  onClose,
}: ConfirmProps): React.ReactNode {
  return (
    <Modal title={title} onClose={onClose}>
      <p className={styles['text']}>{children}</p>
      <div className={styles['buttons']}>
        <Button onClick={onClose}>{keep}</Button>
        <Button
          kind="primary"
          onClick={() => {
            onConfirm()
            onClose()
          }}
        >
          {action}
        </Button>
      </div>
    </Modal>
  )
}
