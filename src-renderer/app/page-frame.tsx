import { ArrowLeft } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { Button } from '../controls/button.tsx'
import { Bars } from './bars.tsx'
import type { Command } from './commands.ts'
import { useKeys } from './keys.ts'
import styles from './page-frame.module.css'
import { useWorkbench, type ViewState } from './workbench.ts'

interface PageFrameProps {
  readonly name: ViewState['page']
  readonly title: string
  readonly commands: readonly Command[]
  /** At the end of the title's line. */
  readonly aside?: React.ReactNode
  /** Whether all of it scrolls where the window is narrow. */
  readonly scrolls?: boolean
  readonly children: React.ReactNode
}

/** A page in the dashboard's place, with the ways back. Its title has the focus first, so that reading begins there. */
export function PageFrame({
  name,
  title,
  commands,
  aside,
  scrolls,
  children,
}: PageFrameProps): React.ReactNode {
  const { view } = useWorkbench()
  const heading = useRef<HTMLHeadingElement>(null)
  const close = (): void => view.put({ page: 'dashboard' })
  useKeys(commands, (move) => {
    if (move === 'back') close()
  })
  useEffect(() => heading.current?.focus(), [])
  return (
    <div className={styles['page']} data-scrolls={scrolls}>
      <header className={styles['header']}>
        <Button kind="quiet" onClick={close}>
          <ArrowLeft size={15} aria-hidden="true" />
          Back
        </Button>
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {aside}
      </header>
      {children}
      <div className={styles['foot']}>
        <Bars on={name} />
      </div>
    </div>
  )
}
