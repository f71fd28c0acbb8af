import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { IconButton } from './button.tsx'

const SAID_MS = 2_000

/** Copies a text; its sign and its name say so for a moment. */
export function CopyButton({ text, label }: { text: string; label: string }): React.ReactNode {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return undefined
    const timer = setTimeout(() => setCopied(false), SAID_MS)
    return () => clearTimeout(timer)
  }, [copied])
  return (
    <>
      <IconButton icon={copied ? Check : Copy} label={label} onClick={() => setCopied(copyText(text))} />
      <output className="unseen">{copied ? 'Copied' : ''}</output>
    </>
  )
}

/**
 * Puts a text into the clipboard; false where that is not possible. The newer `navigator.clipboard` asks for a permission,
 * and our window denies them all.
 */
export function copyText(text: string): boolean {
  const field = document.createElement('textarea')
  const before = document.activeElement
  field.value = text
  field.className = 'unseen'
  // Within what is open: outside of it, the focus would close it.
  const place = before?.closest('[role="dialog"]') ?? document.body
  place.append(field)
  field.select()
  // oxlint-disable-next-line typescript/no-deprecated -- see above
  const done = document.execCommand('copy')
  field.remove()
  if (before instanceof HTMLElement) before.focus()
  return done
}
