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
 * gives it back and closes on Escape or a click beside it; a dialog from the component library would add a style element, which the
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
