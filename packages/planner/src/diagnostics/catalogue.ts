import type { Severity } from '@mi-patterns/inventory';

/** What a code of the planner means, for the reference of all diagnostics. */
export interface CatalogueEntry {
  readonly title: string;
  /** The severity it usually has; a finding may be milder where it can do no harm. */
  readonly severity: Severity;
  readonly meaning: string;
  readonly whatToDo: string;
}

function entry(severity: Severity, title: string, meaning: string, whatToDo: string): CatalogueEntry {
  return { title, severity, meaning, whatToDo };
}

/** Every code the planner reports. Codes are permanent: never reuse one, never change what one means. */
export const plannerCatalogue = {
  'MI-PLAN-STATEFUL': entry(
    'error',
    'Stateful artifact in several replicas',
    'The pattern runs every artifact in several pods, but this one does its work in each pod that has it: tasks fire several times, files and messages are taken twice.',
    'Use the pattern coordinated, or override the verdict with a reason when the work is safe to share (a broker queue for instance).',
  ),
  'MI-PLAN-COORDINATED': entry(
    'info',
    'Nothing to coordinate',
    'The pattern coordinated was asked for, but no artifact is stateful, so it is the same as multiple-replicas.',
    'Use multiple-replicas.',
  ),
  'MI-PLAN-SINGLE': entry(
    'info',
    'One pod runs everything',
    'When the pod or its node is lost, every API, proxy and task is down until a new server has started.',
    'Use coordinated or multiple-replicas where that is too long.',
  ),
  'MI-PLAN-REPLICAS': entry(
    'error',
    'Not enough replicas',
    'The pattern needs at least two replicas of the stateless workload, as a whole number.',
    'Ask for two or more, or use single-replica.',
  ),
  'MI-PLAN-DATABASE': entry(
    'info',
    'Database coordination has nothing to do',
    'Database coordination was asked for where one pod runs everything, or where no artifact is stateful.',
    'Leave the coordination at isolate.',
  ),
  'MI-PLAN-EMPTY': entry(
    'error',
    'Nothing to run',
    'No deployed artifact starts any work, so there is no workload.',
    'Check the given paths: `mi-patterns scan` lists what was read.',
  ),
  'MI-PLAN-NOT-DEPLOYED': entry(
    'info',
    'Entry point that nothing deploys',
    'The entry point was read, but no application delivers it, so it is in no workload.',
    'Add it to a composite exporter or project when it should run.',
  ),
  'MI-PLAN-MANY-WORKLOADS': entry(
    'warning',
    'Very many servers',
    'Each stateful artifact gets a server of its own, which makes so many that they are hard to oversee and to pay for.',
    'Group artifacts that may share a pod and its restarts: `--isolate one`, or groups of your own with `--isolate FILE`.',
  ),
  'MI-PLAN-GROUP-EMPTY': entry(
    'error',
    'Group without artifacts',
    'A named group matches no stateful entry point.',
    'Correct its globs or remove the group.',
  ),
  'MI-PLAN-GROUP-OVERLAP': entry(
    'error',
    'Groups overlap',
    'A stateful artifact is in two groups, or two groups divide artifacts that must share one pod.',
    'Narrow the globs, or put the artifacts into one group.',
  ),
  'MI-PLAN-GROUP-NAME': entry(
    'error',
    'Unusable group name',
    'A group becomes a workload, so its name must be a short lower-case label that is used once.',
    'Rename the group.',
  ),
  'MI-PLAN-NAME-CLASH': entry(
    'error',
    'Two workloads with one name',
    'The names of two stateful artifacts differ only in capitals, separators or the word of their kind, so their workloads would have one name.',
    'Put one of them into a named group, or rename it.',
  ),
  'MI-PLAN-INPUT': entry(
    'error',
    'Error in what the plan is made of',
    'Reading the artifacts gave an error: a file or archive that cannot be read, or that MI refuses. What is in it is in no workload, or will be absent from its servers.',
    'Correct what the message names; `mi-patterns scan` shows it too.',
  ),
  'MI-PLAN-DUPLICATE': entry(
    'error',
    'One artifact in two applications of one server',
    'Two applications deliver an artifact of the same kind and name to the same servers. MI fails the archive that comes later, and everything in it is absent.',
    'Keep the artifact in one application, rename it, or plan the applications one by one.',
  ),
  'MI-PLAN-OVERRIDE': entry(
    'error',
    'Override that cannot be applied',
    'An entry under verdicts: names no entry point or has no reason.',
    'Correct or remove it.',
  ),
  'MI-PLAN-OVERRIDDEN': entry(
    'info',
    'Verdict overridden',
    'A verdict is the word of mi-patterns.yaml, not what was found.',
    'Check from time to time that the reason still holds.',
  ),
  'MI-PLAN-PORT': entry(
    'warning',
    'Port of a listener is unknown',
    'A listening inbound endpoint or proxy has no port in its file, or one that only the server can resolve, so no Service can lead to it.',
    'Write the port in the values (ports: of the workload).',
  ),
  'MI-PLAN-PORT-CLASH': entry(
    'error',
    'Two listeners on one port',
    "Two listeners of a pod, or a listener and one of MI's own ports, use one number. The second cannot start, and its whole archive is taken back.",
    'Give one of them another port, or isolate one.',
  ),
  'MI-PLAN-AFFINITY': entry(
    'info',
    'Clients must come back to the same pod',
    'The entry point keeps sessions in the memory of a pod, and the workload has several.',
    'Switch session affinity on for its Service or route, or run one replica.',
  ),
  'MI-PLAN-PINNED': entry(
    'warning',
    'Pinned to a server that no pod is',
    'pinnedServers names servers, and MI compares them with the name of the server, which is localhost unless deployment.toml says otherwise. The artifact starts in no pod.',
    'Remove pinnedServers, or set [server] synapse_config_server_name.',
  ),
  'MI-PLAN-LISTENER': entry(
    'warning',
    'Transport without a listener in the values',
    "A service is written for a transport whose listener is off in the deployment.toml that the chart writes. The project's own file does not reach the pods, so the service never gets a message, while everything is ready.",
    'Write the listener into deploymentToml of the values, or set runtime.deploymentTomlFrom: image where the image brings the file.',
  ),
  'MI-PLAN-NOT-SERVED': entry(
    'warning',
    'Service that a listener does not load',
    "A service is written for a transport whose listener drops it: it names a connection factory that the listener does not have, or lacks a parameter that the listener needs. MI writes a warning to the server's log and the service gets no message, while everything is ready.",
    'Name a connection factory of deployment.toml or add the parameter; remove the transport if the service is not meant to use it.',
  ),
  'MI-PLAN-SUSPENDED': entry(
    'warning',
    'suspend="true" that does something else than it says',
    'Suspended jms, kafka, mqtt, grpc and hl7 inbound endpoints are not started and cannot be activated later; event-based ones start all the same; a listener opens no port, although the Service has it, until somebody activates it in each pod. Before MI 4.4 the attribute is not read at all.',
    'Remove the inbound endpoint or its suspend attribute.',
  ),
  'MI-PLAN-PROCESSOR-STOPS': entry(
    'info',
    'Message processor that switches itself off',
    'After the given number of failed deliveries the processor stops, and everything behind the message waits. The state is a file of the pod: a new pod starts the processor again and tries the message once more.',
    'Set max.delivery.drop to Enabled or name a fail store, and the processor goes on; keep the registry on a volume only if it should stay off after a restart.',
  ),
  'MI-PLAN-ONE-SHOT': entry(
    'info',
    'Task that ends',
    'The task runs once, or a number of times, at each start of a pod: a restart, an update or a lost node runs it again.',
    'Make what it does safe to repeat, or run it as a Kubernetes Job (MI automation mode).',
  ),
  'MI-PLAN-NEVER-RUNS': entry(
    'info',
    'Task that never runs',
    'With count="0" and an interval or a cron expression the task never runs, yet it gets a pod of its own.',
    'Remove the task, or group it with another one.',
  ),
  'MI-INBOUND-UNSUPPORTED': entry(
    'error',
    'Inbound endpoint that MI cannot start',
    'The protocol or class does not exist in MI, so the deployment of the archive fails.',
    'Use a protocol of MI, or the connector that replaces it.',
  ),
  'MI-REF-MISSING': entry(
    'warning',
    'Reference to nothing',
    'An artifact refers to one that no given path holds, or that no application delivers. The mediation fails at run time when it gets there.',
    'Give the path that holds it as well, deliver it, or correct the name.',
  ),
  'MI-REF-DYNAMIC': entry(
    'info',
    'Target known at run time only',
    'The name of a target is an expression, a key or a configurable, so the reference cannot be followed. `scan` lists it; the plan reports where it matters as MI-ISO-DYNAMIC.',
    'Nothing, unless the plan says so.',
  ),
  'MI-READY-SETTING': entry(
    'error',
    'Setting that no environment gives',
    'An artifact reads an environment variable (`$SYSTEM:`) or a line of file.properties (`$FILE:`), or deployment.toml an `$env{}`, that the values of an environment do not give. MI takes back the whole archive or does not start, so no pod becomes ready. A warning as long as there is no mi-patterns.yaml to give it in.',
    'Give it under `env` or `properties` in the values of the environment; a password as `secretKeyRef`. `generate` writes the missing entries as comments.',
  ),
  'MI-READY-CONFIGURABLE': entry(
    'warning',
    'Configurable without a value',
    'The project declares or uses a configurable (`${configs.}`) that no environment variable and no line of file.properties gives. MI deploys the archive and logs an error; what uses it fails.',
    'Give it under `properties` or `env` in the values of the environment.',
  ),
  'MI-READY-ORDER': entry(
    'warning',
    'Archives that are deployed in the wrong order',
    'MI deploys archives by file name. One that needs a class, connector, data source, local entry or resource of an archive whose name sorts later fails and is taken back as a whole, so no pod becomes ready. An error where archives need each other.',
    'Deploy the archives that `package` and `generate` write, whose names sort right, or rename them.',
  ),
  'MI-READY-LOCK': entry(
    'warning',
    'Lock files that a dead pod leaves',
    'A consumer of files writes FILE.lock while it works. A pod that is killed leaves it behind, and MI by default never releases the lock of another host, which each pod is: the file is never taken again.',
    'Set transport.vfs.AutoLockRelease to true, transport.vfs.LockReleaseSameNode to false and an interval above the longest processing time.',
  ),
  'MI-READY-VAULT': entry(
    'warning',
    'Secret of a vault that is not configured',
    'An artifact looks up a secret in HashiCorp Vault, but the values of an environment do not configure one.',
    'Set `hashicorpVault` in the values of the environment.',
  ),
  'MI-ISO-INMEM-STORE': entry(
    'error',
    'In-memory store written in other pods',
    'The store lives in the memory of each pod. What a pod without the message processor stores is never processed, and nothing reports it.',
    'Use a JMS, RabbitMQ or JDBC store, or keep writer and processor in one pod (single-replica), or let each pod process its own messages (override the processor as pod-local).',
  ),
  'MI-ISO-INMEM-LOSS': entry(
    'warning',
    'In-memory store',
    'A restart loses its messages; WSO2 does not recommend it for production.',
    'Use a JMS, RabbitMQ or JDBC store.',
  ),
  'MI-ISO-RESEQUENCE': entry(
    'error',
    'Resequence store written in several pods',
    'The store counts the next message of the sequence in the memory of a pod, so several pods break the order.',
    'Keep its writers and its processor in one pod.',
  ),
  'MI-ISO-JDBC-TWO': entry(
    'error',
    'Several consumers of one JDBC store',
    'The store does not lock the row it hands out, so two processors deliver one message twice.',
    'Use one processor, or a JMS or RabbitMQ store.',
  ),
  'MI-ISO-LOOPBACK': entry(
    'error',
    'Call to an artifact that is not in the pod',
    'An address of the own server (localhost, local://) leads to an artifact that runs in another workload only.',
    'Point the address at the Service of that workload, or group both.',
  ),
  'MI-ISO-INJECT-PROXY': entry(
    'error',
    'Task injects into a proxy of another pod',
    'Injection works inside one server only.',
    'Group the task and the proxy.',
  ),
  'MI-ISO-REGISTRY': entry(
    'error',
    'Registry used to share state',
    'The registry is a folder of each pod: what one pod writes, no other pod reads.',
    'Keep the value in a database or cache, or run writer and reader in one pod.',
  ),
  'MI-ISO-SYSTEM-PROPERTY': entry(
    'warning',
    'Java system property written by a flow',
    'The property exists in the JVM that ran the flow, not in the other pods.',
    'Keep the value elsewhere.',
  ),
  'MI-ISO-SESSION': entry(
    'warning',
    'Sessions with back ends kept in each pod',
    'A load balancing endpoint with sessions keeps in the memory of a pod which back end a client belongs to; other pods do not know.',
    'Use session affinity, or back ends that share their sessions.',
  ),
  'MI-ISO-CALLBACK': entry(
    'warning',
    'Response that comes as a request of its own',
    'An endpoint with separateListener="true" gets its response on a new connection, while only the pod that sent the message waits for it.',
    'Remove separateListener, or run the flow in one pod.',
  ),
  'MI-ISO-AI-STATE': entry(
    'warning',
    'AI memory or vector store in the pod',
    'A connection of the AI module keeps conversations (FILE_MEMORY) or what was learnt (MI_VECTOR_STORE) in the memory and registry of one pod.',
    'Use a store outside of the pods, POSTGRES_MEMORY for instance.',
  ),
  'MI-ISO-AGGREGATE': entry(
    'warning',
    'Aggregation across requests',
    'Open aggregates live in the memory of a pod. Parts that enter through different pods never meet.',
    'Split and aggregate in one flow (iterate, clone), or isolate the entry point.',
  ),
  'MI-ISO-FILES': entry(
    'warning',
    'Directory used by several pods',
    'Several pods use one directory: they need a volume that all of them can write, and consumers may take the same file.',
    'Mount a ReadWriteMany volume, or put its users into one pod.',
  ),
  'MI-ISO-STATE-PVC': entry(
    'warning',
    'State that a new pod does not have',
    'Positions or activation states are files of the pod and are gone with it.',
    'Give the workload a persistent volume for them.',
  ),
  'MI-ISO-BINDS-TO': entry(
    'error',
    'API bound to an inbound endpoint of another pod',
    'The API is served by that inbound endpoint alone, which does not run in its pods.',
    'Put both into one workload, or bind the API to the default listener too.',
  ),
  'MI-ISO-DISPATCH': entry(
    'error',
    'Inbound endpoint dispatches to another pod',
    'An HTTP inbound endpoint hands requests to artifacts of its own server only.',
    'Put both into one workload.',
  ),
  'MI-ISO-MAINSEQ': entry(
    'error',
    'main or fault sequence delivered twice, or at work where it cannot be',
    "Each archive overwrites the server's main or fault sequence, so the last one deployed wins; a task that injects into main needs the right one. Or: every pod runs both without being told to, and one of them needs what only another pod has (for main a warning, since nothing may come to it).",
    'Deliver it once, or inject into a sequence of another name; let it use a broker for what another pod has.',
  ),
  'MI-ISO-DYNAMIC': entry(
    'warning',
    'Target known to the server only',
    'The name of a target is an expression or a key, so the planner cannot see where it leads.',
    'Check by hand that it stays inside the workload.',
  ),
  'MI-ISO-CUSTOM': entry(
    'warning',
    'Custom class',
    'What a Java class keeps in memory or starts by itself cannot be read from the artifacts.',
    'Check its source, then override the verdict with a reason if needed.',
  ),
  'MI-ISO-SAME-CAR': entry(
    'warning',
    'Archive holds stateful and other artifacts',
    'Deployed as it is in the scaled pods, the archive brings the stateful artifact along.',
    'Deploy the archives that `mi-patterns package` writes, not the original.',
  ),
  'MI-ISO-VERSIONED': entry(
    'warning',
    'Versioned deployment across a split',
    'With versioned deployment the names of artifacts carry the archive, so splitting it changes what references mean.',
    'Deliver by roles, or switch versioned deployment off.',
  ),
  'MI-ISO-DS-DUP': entry(
    'error',
    'Data source delivered twice',
    'The second archive with a data source of one name is faulty and not deployed.',
    'Keep the data source in one archive.',
  ),
  'MI-ISO-CAPACITY': entry(
    'info',
    'Limit or cache per pod',
    'Caches and throttle counters are those of one JVM: each replica has its own.',
    'Divide limits by the number of replicas, or limit at the gateway.',
  ),
  'MI-ISO-MIXED-TRANSPORT': entry(
    'warning',
    'Isolated service that also answers requests',
    'The service is isolated because of one transport and answers HTTP on another: only the isolated pod has it.',
    'Split it into two services, or send its clients to the isolated workload.',
  ),
  'MI-ISO-DB-SHARED': entry(
    'error',
    'Coordination database with several workloads',
    'The task table has no column for the workload, so servers with different artifacts take tasks from each other that they do not have.',
    'Remove WSO2_COORDINATION_DB from deployment.toml, or use --coordination database.',
  ),
  'MI-ISO-COORDINATION': entry(
    'warning',
    'coordination=true does nothing here',
    'Without a coordination database every pod that has the inbound endpoint consumes.',
    'Use the pattern coordinated: one pod, or a database.',
  ),
  'MI-DB-MISSING': entry(
    'warning',
    'No coordination database found',
    'No deployment.toml that was read has the data source WSO2_COORDINATION_DB; without it every pod runs every task.',
    'Add the data source, or set it in the values.',
  ),
  'MI-DB-PINNED': entry(
    'error',
    'Pinned task is never coordinated',
    'A task with pinnedServers runs in every pod whose name matches, database or not.',
    'Remove pinnedServers or isolate the task.',
  ),
  'MI-DB-PROXY': entry(
    'error',
    'Listener is not covered by the database',
    'Listeners of proxies, data services and listening inbound endpoints start in every pod, whatever the database says.',
    'Isolate it (coordination isolate) or use an inbound endpoint that polls.',
  ),
  'MI-DB-ONE-WORKLOAD': entry(
    'info',
    'All pods must be the same',
    'Every server on a coordination database must have the same artifacts; two releases must never share one.',
    'Give each release a database of its own.',
  ),
  'MI-DB-NAME': entry(
    'error',
    'Coordinated name used twice',
    'Task names are global in the database, so two of one name are one.',
    'Rename one of them.',
  ),
  'MI-DB-AT-MOST-ONCE': entry(
    'warning',
    'Duplicates are possible at a failover',
    'Two nodes may run one task for a moment when they lose sight of each other: before MI 4.7 always, from 4.7 on unless coordination hardening is switched on whole.',
    'Make the work safe to repeat, or isolate.',
  ),
  'MI-DB-COORDINATION-FALSE': entry(
    'error',
    'coordination=false',
    'Up to MI 4.4 the inbound endpoint runs on every node; from 4.5 the parameter is ignored.',
    'Remove the parameter.',
  ),
  'MI-DB-NODE-ID': entry(
    'error',
    'Fixed node id',
    'All pods get the same node id, and a node that meets its own id does not start working.',
    'Remove [cluster_config] node_id: MI then makes one up.',
  ),
  'MI-DB-ONE-SHOT': entry(
    'info',
    'One-shot task under coordination',
    'Its row stays completed, so it does not run again after an update.',
    'Remove the row, or use a Job.',
  ),
  'MI-DB-SETUP': entry(
    'info',
    'The database is yours to prepare',
    'MI creates no tables and brings no JDBC driver.',
    'Run the scripts of dbscripts/ and add the driver to lib/ before the first start.',
  ),
} as const satisfies Readonly<Record<string, CatalogueEntry>>;

export type PlannerCode = keyof typeof plannerCatalogue;
