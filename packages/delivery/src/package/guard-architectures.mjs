/** Processors that lease-guard is built for: Go's name, and that of `uname -m`. */
export const GUARD_ARCHITECTURES = [
  { go: 'amd64', machine: 'x86_64' },
  { go: 'arm64', machine: 'aarch64' },
];
