/** Exit codes of a deployment. */
export const EXIT = {
  /** Nothing of what runs on the server was changed. */
  failed: 1,
  usage: 2,
  /** The new version did not become healthy; the former one runs again, or where there was none nothing does. */
  rolledBack: 3,
  /** Neither runs: somebody has to look. */
  broken: 4,
}

/** What went wrong, as a person would say it, with what to do next. */
export class DeployFailure extends Error {
  constructor(code, message, hint = '') {
    super(hint === '' ? message : `${message}\n${hint}`)
    this.code = code
  }
}
