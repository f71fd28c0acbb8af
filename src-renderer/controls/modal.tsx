import { useId, useLayoutEffect, useRef } from 'react'
import { Button } from './button.tsx'
import styles from './modal.module.css'

interface ModalProps {
  readonly title: string
  /** `unseen` where the content begins with something that says what it is, `closable` where it has no buttons. */
  readonly heading?: 'plain' | 'closable' | 'unseen'
  readonly onClose: () => void
  readonly children: React.ReactNode
}

/**
 * A dialog above everything else, shown as long as it is rendered. The browser's own element keeps the focus in,
 * gives it back and closes on Escape or a click next to it; a dialog from the component library would add a style element, which the
 * content security policy forbids.
 */
export function Modal({ title, heading = 'plain', onClose, children }: ModalProps): React.ReactNode {
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  // A layout effect: the dialog must still be in the page when it closes, or it cannot give the focus back.
  useLayoutEffect(() => {
    const node = dialog.current
    node?.showModal()
    return () => node?.close()
  }, [])

  return (
    <dialog
      ref={dialog}
      className={styles['modal']}
      aria-labelledby={titleId}
      closedby="any"
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
    >
      <div className={styles['content']}>
        <div className={styles['head']}>
          <h2 id={titleId} className={heading === 'unseen' ? 'unseen' : styles['title']}>
            {title}
          </h2>
          {heading === 'closable' && (
            <Button kind="quiet" onClick={onClose}>
              Close
            </Button>
          )}
        </div>
        {children}
      </div>
    </dialog>
  )
}

interface ConfirmProps {
  readonly title: string
  /** What it means, in full sentences. */
  readonly children: React.ReactNode
  /** The verb of what is about to happen. */
  readonly action: string
  /** The verb of leaving things as they are; being the first, it has the focus. */
  readonly keep: string
  /** Whether it ends or deletes something for good. */
  readonly final?: boolean
  readonly onConfirm: () => void
  readonly onClose: () => void
}

/** Asks before something that cannot be taken back. */
export function Confirm({
  title,
  children,
  action,
  keep,
  final = false,
  onConfirm,
  onClose,
}: ConfirmProps): React.ReactNode {
  return (
    <Modal title={title} onClose={onClose}>
      <p className={styles['text']}>{children}</p>
      <div className={styles['buttons']}>
        <Button onClick={onClose}>{keep}</Button>
        <Button
          kind={final ? 'final' : 'primary'}
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
