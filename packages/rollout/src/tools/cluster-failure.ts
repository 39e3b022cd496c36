import { ToolFailure } from '@mi-patterns/helm';

/** What an answer of a cluster means for the user, where the words of helm and kubectl leave that open. */
const meanings: readonly {
  readonly when: RegExp;
  readonly message: (context: string) => string;
  readonly hint: (context: string) => string;
  /** The cluster cannot answer, or does not know the user, whatever it is asked. */
  readonly noAnswer?: true;
}[] = [
  {
    // The cluster answered: what its webhook says of connections and certificates is not about the way to the cluster.
    when: /failed calling webhook/,
    message: (context) => `A webhook of the cluster of the context ${context} does not answer as it should.`,
    hint: () => 'Restore the service behind the webhook that is named above, then run the command again.',
  },
  {
    // Kubernetes says Forbidden of quotas and Pod Security too, which no right mends.
    when: /[Ff]orbidden: User "/,
    message: (context) => `The user of the context ${context} is not allowed to do this.`,
    hint: () => 'Ask for the role `edit` in the namespace; for an audit, `view` is enough.',
  },
  {
    when: /must be logged in|Unauthorized|provide credentials/,
    message: (context) => `The cluster of the context ${context} does not know this user.`,
    hint: () => 'Log in to the cluster again.',
    noAnswer: true,
  },
  {
    when: /(?:[Uu]nable to connect|cluster unreachable).*(?:x509|tls): /,
    message: (context) => `The certificate of the cluster of the context ${context} is not accepted.`,
    hint: (context) =>
      `Check the clock of this machine and the certificate authority in the kubeconfig, or get a new kubeconfig: kubectl --context ${context} version`,
    noAnswer: true,
  },
  {
    when: /was refused|connection refused|i\/o timeout|no such host|[Uu]nable to connect|connection reset|cluster unreachable/,
    message: (context) => `The cluster of the context ${context} does not answer.`,
    hint: (context) => `Check that it is up and can be reached from here: kubectl --context ${context} version`,
    noAnswer: true,
  },
];

/** What the API server says when it cannot say anything about the objects. */
const noAnswer = /^Error from server \((?:ServerTimeout|ServiceUnavailable|Timeout|TooManyRequests|Unauthorized)\)/m;

/** Whether a command failed because the cluster cannot answer, or does not know the user, whatever it was asked. */
export function isNoAnswer({ stderr }: Pick<ToolFailure, 'stderr'>): boolean {
  // A refusal may quote a webhook that cannot be reached.
  if (/^Error from server \(/m.test(stderr)) return noAnswer.test(stderr);
  return meanings.find(({ when }) => when.test(stderr))?.noAnswer === true;
}

/** Whether the cluster was away or too busy to answer, which may be over soon; a login that it does not know is not. */
export function isUnreachable({ reason, stderr }: ToolFailure): boolean {
  if (reason !== 'exit') return false;
  if (/^Error from server \(/m.test(stderr)) return noAnswer.test(stderr) && !/\(Unauthorized\)/.test(stderr);
  return meanings.find(({ when }) => when.test(stderr)) === meanings.at(-1);
}

/** The failure of a command that asked a cluster, told by what it means; as it is when it means nothing known. */
export function clusterFailure(error: ToolFailure, words: readonly string[]): ToolFailure {
  const context = words[words.findIndex((word) => word === '--context' || word === '--kube-context') + 1];
  if (error.reason !== 'exit' || context === undefined || context === words[0]) return error;
  // The client's own log repeats what the last line says.
  const stderr = error.stderr
    .split('\n')
    .filter((line) => !/^[EIW]\d{4} /.test(line))
    .join('\n');
  const meaning = meanings.find(({ when }) => when.test(stderr));
  if (meaning === undefined) return error;
  return new ToolFailure({
    reason: error.reason,
    command: error.command,
    exitCode: error.exitCode,
    stderr,
    message: meaning.message(context),
    hint: meaning.hint(context),
  });
}
