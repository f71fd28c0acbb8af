import { useState } from 'react'
import { errorText, toWireError } from '../../src-shared/errors/app-error.ts'

/** Does what a person asks for, and says whether it was done. */
export type Perform = (work: () => Promise<unknown>) => Promise<boolean>

/** Something to do things with, and why the last one was not done: empty where it was. */
export function usePerform(): readonly [perform: Perform, failure: string] {
  const [failure, setFailure] = useState('')
  const perform: Perform = async (work) => {
    try {
      await work()
      setFailure('')
      return true
    } catch (error) {
      setFailure(errorText(toWireError(error)))
      return false
    }
  }
  return [perform, failure]
}
