const ELF_MACHINES = { 0x3e: 'x64', 0xb7: 'arm64' }
const MACH_O_CPUS = { 0x01000007: 'x64', 0x0100000c: 'arm64' }
const PE_MACHINES = { 0x8664: 'x64', 0xaa64: 'arm64' }

/**
 * For which system and processor a library was built, as `linux-x64`; null where that is none of ours. Numbers from the
 * headers of ELF, Mach-O (64 bits) and PE.
 *
 * @param {Buffer} bytes the file
 */
export function binaryTarget(bytes) {
  if (bytes.length < 64) return null
  if (bytes.readUInt32BE(0) === 0x7f454c46) return named('linux', ELF_MACHINES[bytes.readUInt16LE(18)])
  if (bytes.readUInt32LE(0) === 0xfeedfacf) return named('darwin', MACH_O_CPUS[bytes.readUInt32LE(4)])
  if (bytes.toString('latin1', 0, 2) !== 'MZ') return null
  const header = bytes.readUInt32LE(0x3c)
  if (header + 6 > bytes.length || bytes.readUInt32BE(header) !== 0x50450000) return null
  return named('win32', PE_MACHINES[bytes.readUInt16LE(header + 4)])
}

function named(platform, arch) {
  return arch === undefined ? null : `${platform}-${arch}`
}
