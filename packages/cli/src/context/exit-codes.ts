/** What the process ends with. Documented in docs/commands.md; scripts rely on it. */
export const exitCodes = {
  fine: 0,
  /** The work was done and the answer is no: findings of severity error. */
  findings: 1,
  /** Wrong use, or input that cannot be read. */
  usage: 2,
  /** An outside tool or the cluster failed. */
  tool: 3,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
