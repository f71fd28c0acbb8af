/** The window's own scheme: its files are served by this process and by nobody else. */
export const APP_SCHEME = 'app'
const APP_HOST = 'jira-tpm'
export const APP_ORIGIN = `${APP_SCHEME}://${APP_HOST}`
