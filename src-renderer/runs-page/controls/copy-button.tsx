import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { IconButton } from '../../controls/icon-button.tsx'
import { copyText } from './copy-text.ts'

/** How long it says that it has copied. */
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
