/** Processors that lease-guard is built for: Go's name, and that of `uname -m`. */
export const GUARD_ARCHITECTURES: readonly { readonly go: string; readonly machine: string }[];
