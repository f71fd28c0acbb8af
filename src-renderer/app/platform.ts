/** The key that opens the command list together with K, as this machine's keyboard names it. */
export const commandKey: string = navigator.userAgent.includes('Mac') ? '⌘' : 'Ctrl'
