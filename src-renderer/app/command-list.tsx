/* oxlint-disable jsx-a11y/prefer-tag-over-role, jsx-a11y/no-noninteractive-element-to-interactive-role, jsx-a11y/click-events-have-key-events --
 * the ARIA combobox pattern: the focus and the keys stay in the input, no tag stands for its list. */
import { useId, useState } from 'react'
import { Modal } from '../controls/modal.tsx'
import { matching, type Command } from './commands.ts'
import styles from './command-list.module.css'

/** All that can be done now, found by typing; arrow keys and Enter choose. */
export function CommandList(props: { commands: readonly Command[]; onClose: () => void }): React.ReactNode {
  const { commands, onClose } = props
  const id = useId()
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const found = matching(commands, text)
  const active = found[Math.min(at, found.length - 1)]

  function choose(command: Command | undefined): void {
    if (command === undefined) return
    onClose()
    // The dialog gives the focus back as it closes; what the command does with it comes after.
    requestAnimationFrame(() => requestAnimationFrame(command.run))
  }

  return (
    <Modal title="All commands" heading="unseen" onClose={onClose}>
      <SearchField
        listId={`${id}-list`}
        activeId={active && `${id}-${active.id}`}
        text={text}
        onText={(next) => {
          setText(next)
          setAt(0)
        }}
        onStep={(by) => setAt(stepped(at, by, found.length))}
        onEnter={() => choose(active)}
      />
      <ul className={styles['list']} id={`${id}-list`} role="listbox" aria-label="Commands">
        {found.map((command) => (
          <CommandItem
            key={command.id}
            id={`${id}-${command.id}`}
            command={command}
            active={command === active}
            onChoose={() => choose(command)}
          />
        ))}
      </ul>
      {found.length === 0 && <p className={styles['none']}>No command has these words.</p>}
    </Modal>
  )
}

/** The next place in a list of `length`, round at its ends. */
function stepped(at: number, by: number, length: number): number {
  return length === 0 ? 0 : (Math.min(at, length - 1) + by + length) % length
}

interface SearchFieldProps {
  readonly listId: string
  readonly activeId: string | undefined
  readonly text: string
  readonly onText: (text: string) => void
  readonly onStep: (by: -1 | 1) => void
  readonly onEnter: () => void
}

function SearchField({ listId, activeId, text, onText, onStep, onEnter }: SearchFieldProps): React.ReactNode {
  function onKeyDown(event: React.KeyboardEvent): void {
    if (event.key === 'ArrowDown') onStep(1)
    else if (event.key === 'ArrowUp') onStep(-1)
    else if (event.key === 'Enter') onEnter()
    else return
    event.preventDefault()
  }

  return (
    <input
      className={styles['input']}
      type="text"
      role="combobox"
      aria-label="Find a command"
      aria-expanded="true"
      aria-controls={listId}
      aria-activedescendant={activeId}
      aria-autocomplete="list"
      placeholder="What do you want to do?"
      autoComplete="off"
      spellCheck={false}
      value={text}
      onChange={(event) => onText(event.target.value)}
      onKeyDown={onKeyDown}
    />
  )
}

interface CommandItemProps {
  readonly id: string
  readonly command: Command
  readonly active: boolean
  readonly onChoose: () => void
}

function CommandItem({ id, command, active, onChoose }: CommandItemProps): React.ReactNode {
  return (
    <li
      id={id}
      ref={(node) => {
        if (active) node?.scrollIntoView({ block: 'nearest' })
      }}
      className={styles['item']}
      role="option"
      aria-selected={active}
      onClick={onChoose}
    >
      <span className={styles['group']}>{command.group}</span>
      {command.title}
      {command.keys !== undefined && <kbd>{command.keys}</kbd>}
    </li>
  )
}
