/**
 * For work that changes a cluster: after Ctrl-C, a SIGTERM of the CI system or a closed terminal, helm is stopped, the
 * lock given back, and the command ends by itself. A second one ends the process at once.
 */
export function interruption(): { readonly signal: AbortSignal; readonly dispose: () => void } {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  const names = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const;
  for (const name of names) process.once(name, stop);
  return {
    signal: controller.signal,
    dispose: () => {
      for (const name of names) process.removeListener(name, stop);
    },
  };
}

/**
 * Life of the lock in seconds, where `MI_PATTERNS_LOCK_SECONDS` says another: for tests, and for networks with long
 * gaps.
 */
export function lockSecondsOf(environment: NodeJS.ProcessEnv): { readonly lockSeconds?: number } {
  const seconds = Number(environment['MI_PATTERNS_LOCK_SECONDS']);
  return seconds >= 5 ? { lockSeconds: seconds } : {};
}
