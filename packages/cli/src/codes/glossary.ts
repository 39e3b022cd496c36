/** A word of plans and reports, explained to somebody who meets it for the first time. */
export interface Term {
  readonly title: string;
  readonly meaning: string;
  /** What the reader can decide about it, and where. */
  readonly whatToDo: string;
}

const override =
  'Write `verdicts: {kind/name: {class: stateless, reason: …}}` in mi-patterns.yaml if you know better; the plan prints the reason.';

/** The words that plans, reports and values use, in the order in which a reader meets them. */
export const glossary = {
  verdict: {
    title: 'Whether several pods may run an artifact',
    meaning:
      'Each entry point has one: stateless, isolate, broker-safe, affinity, pod-local or opaque. It follows from a line of the artifact, and from what Micro Integrator does with it.',
    whatToDo: `\`mi-patterns explain NAME\` shows the line. ${override}`,
  },
  stateless: {
    title: 'Runs in any number of pods',
    meaning: 'The artifact only answers requests and keeps nothing between them, so every pod may run it.',
    whatToDo: 'Nothing. Scale the workload with `replicas`.',
  },
  isolate: {
    title: 'Must run in one pod only',
    meaning:
      'The artifact starts work by itself (a task, a polling listener, a message processor). In two pods, the work is done twice: payments are made twice, files are read twice.',
    whatToDo: `Let the pattern \`coordinated\` give it a workload of its own. ${override}`,
  },
  'broker-safe': {
    title: 'Runs in one pod, unless you decide otherwise',
    meaning:
      'The artifact takes messages from a broker that gives each message to one consumer. Several pods never take the same message, but they process messages at the same time, so the order is lost. It stays in one pod until you say that the order does not matter.',
    whatToDo:
      'Where the order does not matter, write `verdicts: {kind/name: {class: stateless, reason: "the order does not matter"}}` in mi-patterns.yaml. Every pod then consumes.',
  },
  affinity: {
    title: 'A client must return to the same pod',
    meaning: 'The artifact keeps a session in the memory of a pod. Another pod does not know that session.',
    whatToDo:
      'Keep session affinity on in the Service and the Ingress (`generate` writes it), or make the flow stateless.',
  },
  'pod-local': {
    title: 'Each pod has its own state',
    meaning:
      'The artifact keeps its state in the memory of one pod: an in-memory message store, a cache, an aggregation. Other pods never see it, and a restart loses it.',
    whatToDo: 'Keep the state outside the pods: a JMS, RabbitMQ or JDBC message store, or a shared cache.',
  },
  opaque: {
    title: 'Cannot be judged from its files',
    meaning:
      'The artifact runs a Java class or reads a setting that is not in the files. It is treated as stateful, because a wrong guess would do its work twice.',
    whatToDo: `Find out what the class does. ${override}`,
  },
  'entry-point': {
    title: 'What starts work',
    meaning:
      'An API, a proxy service, a data service, a task, an inbound endpoint or a message processor. All else, such as sequences and endpoints, runs only where an entry point reaches it.',
    whatToDo: '`mi-patterns explain NAME` says whether an entry point may run in several pods, why, and what it needs.',
  },
  workload: {
    title: 'Pods that run the same artifacts',
    meaning:
      'One Deployment or StatefulSet of the release. A stateless workload has several equal pods; a stateful one has one pod that works.',
    whatToDo: '`mi-patterns plan` says which artifacts each workload runs, and why.',
  },
  stateful: {
    title: 'One pod at a time',
    meaning:
      'A workload whose artifacts must not run twice. It has one pod. An update ends the old pod before the new one starts, so an update never runs two. A node that is cut off is a different case: see `respawn`.',
    whatToDo: 'Choose how it recovers from a lost node with `recovery`: `respawn`, `fenced` or `at-most-one`.',
  },
  'single-replica': {
    title: 'Pattern: everything in one pod',
    meaning:
      'One pod runs everything. If the pod or its node is lost, everything is down until a new server has started.',
    whatToDo: 'Use it for development, or if such a pause does no harm.',
  },
  'multiple-replicas': {
    title: 'Pattern: everything in every pod',
    meaning: 'Several equal pods run everything. No artifact may be one that must run only once.',
    whatToDo: 'Use it when no artifact is stateful; the planner chooses it then.',
  },
  coordinated: {
    title: 'Pattern: replicas, and one pod for each stateful artifact',
    meaning:
      'Several equal pods run what is stateless. Each stateful artifact, or each group of them, has a workload with one pod of its own.',
    whatToDo:
      'Group stateful artifacts that may share a pod with `--isolate FILE`, or put all in one with `--isolate one`.',
  },
  respawn: {
    title: "Recovery: start elsewhere when a node is lost (the chart's default)",
    meaning:
      'Kubernetes starts the pod on another node once it gives up the first node. If that node is only cut off from the network, the old pod still works there: the artifact may run twice until the node is back. It may also run twice after its pod was deleted or evicted: Kubernetes starts the next pod at once, and the tasks of the old one fire until the last request in it has its answer.',
    whatToDo:
      'Set `recovery: fenced` or `recovery: at-most-one` on a workload whose work must not be done twice even then.',
  },
  fenced: {
    title: 'Recovery: start elsewhere, and stop the old pod first',
    meaning:
      'The pod works only while it holds a Lease. When its node is cut off, it kills its server before another pod can hold the Lease. Two run for a few moments only if a whole node was frozen and woken.',
    whatToDo:
      '`mi-patterns generate` writes it with `standby: cold` for images that `mi-patterns package` makes, because they contain the guard. For any other image set `fencing.image`. Without a standby, the pause after a lost node is about 40 s longer than with `respawn`.',
  },
  standby: {
    title: 'A second pod that waits',
    meaning:
      'With `recovery: fenced` and `standby: cold`, a second pod of the workload waits on another node. It starts its server once the pod that works has ended or is certainly dead, so the work goes on sooner. "7 pods (2 on standby)" are five pods that work and two that wait. A waiting pod runs no server, but reserves the memory of one.',
    whatToDo:
      'Nothing. To do without, write `workloadDefaults: {standby: none}` under `values` in mi-patterns.yaml, and generate again.',
  },
  'at-most-one': {
    title: 'Recovery: never start elsewhere automatically',
    meaning:
      'The pod is not started elsewhere while its node may still run it. It waits until the node is back or its Node object is removed.',
    whatToDo: 'Use it if a pause does less harm than running twice, and if someone is there to remove the node.',
  },
  roles: {
    title: 'Delivery: one image, many server roles',
    meaning:
      'All pods have the same image and archives. Each stateful artifact carries a server role, and only the workload that starts with the role runs it.',
    whatToDo: 'Nothing. It is the default, and one image for all is the easiest to promote.',
  },
  archives: {
    title: 'Delivery: an archive for each workload',
    meaning: 'Each workload gets archives that hold only what it runs.',
    whatToDo: 'Use it if a server must not even contain the artifacts of other workloads.',
  },
} as const satisfies Readonly<Record<string, Term>>;
