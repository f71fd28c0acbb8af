/** Whether a host name (as `URL` gives it) is this machine: nothing sent there can be read on the way. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}
