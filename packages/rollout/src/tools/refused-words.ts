/** How long a rollout waits for what does not pass by itself. */
export interface Patience {
  /** Seconds for which it has to be seen at every look. */
  readonly seconds: number;
  /** Whether other pods of the release may remove it when they end: the seconds do not count while some do. */
  readonly needsRoom: boolean;
}

/** The API server, the kubelet or the server itself has decided, and would decide the same again. */
export const decided: Patience = { seconds: 20, needsRoom: false };
/** Somebody else may be about to bring what is missing: a pipeline an image, an operator a Secret. */
const missing: Patience = { seconds: 60, needsRoom: false };
/** Others may give back what they use. */
const taken: Patience = { seconds: 60, needsRoom: true };

interface Refusal {
  readonly when: RegExp;
  /** What to do, where the words leave that open. */
  readonly remedy?: (name: string) => string;
  /** None where it may pass by itself. */
  readonly patience?: Patience;
}

/** Words with which Kubernetes refuses or cannot start something. The first that fits counts. */
const refusals: readonly Refusal[] = [
  {
    // apiserver pkg/admission/plugin/webhook: no verdict, and not a refusal.
    when: /failed calling webhook "([^"]{1,253})"/,
    remedy: (name) =>
      `Nothing is wrong with the values. Restore the service behind the admission webhook ${name}, or ask whoever runs it.`,
  },
  {
    // apiserver pkg/admission/plugin/namespace/lifecycle.
    when: /in namespace (\S{1,63}) because it is being terminated/,
    remedy: (name) =>
      `The namespace ${name} is being deleted. Wait until it is gone, or set another namespace for the environment.`,
    patience: decided,
  },
  {
    when: /exceeded quota: ([^,\s]{1,253})/,
    remedy: (name) => `Raise ResourceQuota/${name}, or ask for less: resources and replicas in the values.`,
    patience: taken,
  },
  {
    when: /failed quota: ([^:\s]{1,253}): must specify/,
    remedy: (name) => `ResourceQuota/${name} wants these to be set: workloadDefaults.resources in the values.`,
    patience: decided,
  },
  {
    // plugin/pkg/admission/limitranger of kubernetes/kubernetes.
    when: /(?:maximum|minimum) \S{1,63} usage per|max limit to request ratio/,
    remedy: () => 'Change workloadDefaults.resources or the heap in the values, or the LimitRange of the namespace.',
    patience: decided,
  },
  {
    when: /violates PodSecurity "([^"]{1,63})"/,
    remedy: (name) =>
      `Take out of the values what ${name} forbids, or change the label pod-security.kubernetes.io/enforce of the namespace.`,
    patience: decided,
  },
  {
    // Such a rule may ask for what is still being made, as the signature of a new image.
    when: /denied (?:the )?request/,
    remedy: () => 'Change the values so that the rule is met, or ask whoever made the rule.',
    patience: missing,
  },
  {
    when: /error looking up service account [^/\s]{1,63}\/([^:\s]{1,253})/,
    remedy: (name) => `Create ServiceAccount/${name}, or let the chart do it: serviceAccount.create in the values.`,
    patience: missing,
  },
  {
    when: /(?:secret|configmap) "([^"]{1,253})" not found/i,
    remedy: (name) => `Create ${name} in the namespace, or correct its name in the values.`,
    patience: missing,
  },
  {
    when: /couldn't find key \S{1,253} in (?:Secret|ConfigMap) [^/\s]{1,63}\/([a-z0-9.-]{1,253})/,
    remedy: (name) => `Add that key to ${name}, or correct the key in the values.`,
    patience: missing,
  },
  // The kubelet, of keys in volumes (pkg/volume/secret and configmap of kubernetes/kubernetes).
  { when: /references non-existent (?:secret|config) key/, patience: missing },
  { when: /persistentvolumeclaim "[^"]{1,253}" not found/, patience: missing },
  { when: /container has runAsNonRoot/, patience: decided },
  // The entry point of an image that `package` made, about roles that no server has.
  { when: /exit code 78: mi-patterns: /, patience: decided },
];

/** Reasons of the kubelet (pkg/kubelet/images/types.go), and answers of registries, that stay as they are. */
const lastingImageTroubles: readonly Refusal[] = [
  { when: /: InvalidImageName/, patience: decided },
  {
    when: /: (?:ErrImageNeverPull|SignatureValidationFailed)|not found|(?:manifest|name) unknown|does not exist|no match for platform|no matching manifest|unauthorized|forbidden|denied|authentication required/i,
    patience: missing,
  },
];

/** Networks, registries and webhooks that are busy: whatever else the words say, this passes. */
const passing =
  /failed calling webhook|timed? ?out|deadline exceeded|connection re(?:fused|set)|no such host|temporar|try again|too ?many ?requests|unavailable|(?:: |status(?: code)?:? )(?:429|5\d\d)\b/i;

/** What to do about the words of a refusal; undefined where they say it themselves. Pure. */
export function remedyFor(words: string): string | undefined {
  const [refusal, name] = fitting(refusals, words);
  return refusal?.remedy?.(name);
}

/**
 * How long to wait for what words tell; undefined where it may pass by itself, as with a node that an autoscaler adds,
 * a registry that is slow, or a server whose database comes later. Pure.
 */
export function patienceFor(words: string, of: 'image' | 'other'): Patience | undefined {
  if (passing.test(words)) return undefined;
  const [refusal] = fitting(of === 'image' ? lastingImageTroubles : refusals, words);
  return refusal?.patience;
}

function fitting(table: readonly Refusal[], words: string): readonly [Refusal | undefined, string] {
  for (const refusal of table) {
    const found = refusal.when.exec(words);
    if (found !== null) return [refusal, found[1] ?? ''];
  }
  return [undefined, ''];
}
