/**
 * What Micro Integrator can do, and the first version that does it. The chart's `_mi-features.tpl` is generated from
 * this table: a threshold is written here and nowhere else.
 */
export const miFeatures = {
  /** WSO2's images have the user and group 10802; 802 before (wso2/docker-ei, ARG USER_ID per branch). */
  imageUser10802: '4.4.0',
  /** The build packs inbound connectors and connector dependencies (vscode-car-plugin). */
  inboundConnectors: '4.4.0',
  /** `suspend="true"` of an inbound endpoint is read (InboundEndpoint.java, `startInPausedMode`). */
  inboundSuspend: '4.4.0',
  /** Expressions `${…}`, and the mediators `variable`, `scatter-gather` and `throwError` (wso2/wso2-synapse). */
  synapseExpressions: '4.4.0',
  /** A graceful shutdown that waits for messages in flight. */
  gracefulShutdown: '4.5.0',
  /** The archives inside of a fat archive are deployed; before, they are left out without a message. */
  fatArchives: '4.5.0',
  /** `rabbitmq.replyto.name` of an endpoint names the queue of its answers (RabbitMQMessageSender.java). */
  rabbitmqReplyQueue: '4.5.0',
  /** `descriptor.xml` of an archive is read. */
  archiveDescriptor: '4.5.0',
  /**
   * `coordination=false` of an inbound endpoint is ignored; before, it runs on every node
   * (InboundOneTimeTriggerRequestProcessor.java:63-75).
   */
  inboundAlwaysCoordinated: '4.5.0',
  /** The control plane of Integrator (ICP) knows environment, project and integration. */
  controlPlane: '4.6.0',
  /** A coordinated task is claimed before it fires, with coordination hardening on: it runs at most once. */
  claimBeforeFire: '4.7.0',
  /**
   * `startOnLoad="false"` of a task is read, which then starts paused (wso2-synapse TaskDescriptionFactory.java of
   * September 2026). MI 4.1 reads it in its updates from May 2026 on.
   */
  taskStartOnLoad: '4.7.0',
} as const satisfies Readonly<Record<string, string>>;

export type MiFeature = keyof typeof miFeatures;

/** True when a version of MI does something; alphas and update levels (`4.6.0.12`) count as their version. */
export function miHas(version: string, feature: MiFeature): boolean {
  return compareVersions(version, miFeatures[feature]) >= 0;
}

/** Orders versions by their numbers; missing numbers count as 0, anything after them does not count. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [numbers(a), numbers(b)];
  for (let position = 0; position < Math.max(left.length, right.length); position++) {
    const difference = (left[position] ?? 0) - (right[position] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbers(version: string): number[] {
  return (/^\d+(\.\d+)*/.exec(version.trim())?.[0] ?? '').split('.').map(Number);
}
