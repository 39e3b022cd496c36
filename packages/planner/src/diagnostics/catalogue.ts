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
    'The pattern runs every artifact in several pods, but this one does its work in each pod: tasks fire several times, files and messages are processed twice.',
    'Use the pattern coordinated, or override the verdict with a reason if the pods can share the work safely (for example through a broker queue).',
  ),
  'MI-PLAN-COORDINATED': entry(
    'info',
    'Nothing to coordinate',
    'You chose the pattern coordinated, but no artifact is stateful, so it is the same as multiple-replicas.',
    'Use multiple-replicas.',
  ),
  'MI-PLAN-SINGLE': entry(
    'info',
    'One pod runs everything',
    'When the pod or its node is lost, every API, proxy and task is down until a new server has started.',
    'Use coordinated or multiple-replicas if that is too long.',
  ),
  'MI-PLAN-REPLICAS': entry(
    'error',
    'Not enough replicas',
    'The pattern needs at least two replicas of the stateless workload (a whole number).',
    'Set two or more, or use single-replica.',
  ),
  'MI-PLAN-DATABASE': entry(
    'info',
    'Database coordination has no effect',
    'You chose database coordination, but one pod runs everything or no artifact is stateful.',
    'Leave the coordination at isolate.',
  ),
  'MI-PLAN-EMPTY': entry(
    'error',
    'Nothing to run',
    'No deployed artifact starts work, so there is no workload.',
    'Check the given paths: `mi-patterns scan` lists what was read.',
  ),
  'MI-PLAN-NOT-DEPLOYED': entry(
    'info',
    'Entry point is not deployed',
    'No application contains the entry point, so it is in no workload.',
    'Add it to a composite exporter or project if it should run.',
  ),
  'MI-PLAN-MANY-WORKLOADS': entry(
    'warning',
    'Too many servers',
    'Each stateful artifact gets its own server, which adds up to more servers than is practical to run and pay for.',
    'Group artifacts that may share a pod and its restarts: `--isolate one`, or your own groups with `--isolate FILE`.',
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
    'A stateful artifact is in two groups, or two groups split artifacts that must share a pod.',
    'Narrow the globs, or put the artifacts into one group.',
  ),
  'MI-PLAN-GROUP-NAME': entry(
    'error',
    'Unusable group name',
    'A group becomes a workload, so its name must be a short, unique, lower-case label.',
    'Rename the group.',
  ),
  'MI-PLAN-NAME-CLASH': entry(
    'error',
    'Workload name clash',
    'The names of two stateful artifacts differ only in case, separators or kind, so their workloads would have the same name.',
    'Put one of them into a named group, or rename it.',
  ),
  'MI-PLAN-INPUT': entry(
    'error',
    'Error in the input of the plan',
    'A file or archive cannot be read, or MI refuses it. Its content is in no workload, or will be missing from the servers. As a warning: a file among the artifacts is not one, or something was not read.',
    'Correct the problem that the message names; `mi-patterns scan` shows it as well.',
  ),
  'MI-PLAN-DUPLICATE': entry(
    'error',
    'Artifact in two applications of one server',
    'Two applications deliver an artifact of the same kind and name to the same servers. MI rejects the later archive, and everything in it is missing.',
    'Keep the artifact in one application, rename it, or plan the applications separately.',
  ),
  'MI-PLAN-CONTEXT': entry(
    'error',
    'Two APIs with the same context',
    'Two APIs on the same servers have the same context and the same version. MI rejects the second and undeploys its whole archive, so no pod becomes ready.',
    'Give one of them another context or version, or plan the applications separately.',
  ),
  'MI-PLAN-OVERRIDE': entry(
    'error',
    'Override that cannot be applied',
    'An entry under verdicts: does not name an entry point or lacks a reason.',
    'Correct or remove it.',
  ),
  'MI-PLAN-OVERRIDDEN': entry(
    'info',
    'Verdict overridden',
    'A verdict comes from mi-patterns.yaml, not from the artifacts.',
    'Check from time to time that the reason is still valid.',
  ),
  'MI-PLAN-PORT': entry(
    'warning',
    'Unknown listener port',
    'A listening inbound endpoint or proxy has no port in its file, or one that only the server can resolve, so no Service can expose it.',
    'Write the port in the values (ports: of the workload).',
  ),
  'MI-PLAN-PORT-CLASH': entry(
    'error',
    'Two listeners on one port',
    "Two listeners of a pod, or a listener and one of MI's own ports, use the same number. The second cannot start, and MI undeploys its whole archive.",
    'Give one of them a different port, or isolate one.',
  ),
  'MI-PLAN-AFFINITY': entry(
    'info',
    'Clients must return to the same pod',
    'The entry point keeps sessions in the memory of a pod, and the workload has several.',
    'Enable session affinity on its Service or route, or run one replica.',
  ),
  'MI-PLAN-PINNED': entry(
    'warning',
    'Pinned to a server that does not exist',
    'pinnedServers names servers, and MI compares them with the name of the server, which is localhost unless deployment.toml says otherwise. The artifact starts in no pod.',
    'Remove pinnedServers, or set [server] synapse_config_server_name.',
  ),
  'MI-PLAN-LISTENER': entry(
    'warning',
    'Transport without a listener in the values',
    "A service uses a transport whose listener is off in the deployment.toml that the chart writes. The project's own file does not reach the pods, so the service never receives a message although every pod is ready.",
    'Add the listener to deploymentToml in the values, or set runtime.deploymentTomlFrom: image if the image contains the file.',
  ),
  'MI-PLAN-NOT-SERVED': entry(
    'warning',
    'Service ignored by its listener',
    'A service uses a transport whose listener ignores it: the service names a connection factory that the listener does not have, or lacks a required parameter. MI only logs a warning, and the service receives no messages although every pod is ready.',
    'Name a connection factory from deployment.toml or add the parameter. If the service should not use the transport, remove it.',
  ),
  'MI-PLAN-SUSPENDED': entry(
    'warning',
    'suspend="true" has an unexpected effect',
    'Suspended jms, kafka, mqtt, grpc and hl7 inbound endpoints do not start and cannot be activated later. Event-based ones start anyway. A listener does not open the port that its Service exposes until it is activated in each pod. Before MI 4.4, the attribute is ignored.',
    'Remove the inbound endpoint or its suspend attribute.',
  ),
  'MI-PLAN-PROCESSOR-STOPS': entry(
    'info',
    'Message processor deactivates itself',
    'After the configured number of failed deliveries, the processor stops and all later messages wait. The state is a file in the pod: a new pod starts the processor again and retries the message.',
    'Set max.delivery.drop to Enabled or name a fail store to keep the processor running. Put the registry on a volume only if the processor should stay off after a restart.',
  ),
  'MI-PLAN-ONE-SHOT': entry(
    'info',
    'One-shot task',
    'The task runs once, or a fixed number of times, whenever a pod starts: a restart, an update or a lost node runs it again.',
    'Make its work safe to repeat, or run it as a Kubernetes Job (MI automation mode).',
  ),
  'MI-PLAN-NEVER-RUNS': entry(
    'info',
    'Task never runs',
    'With count="0" and an interval or cron expression, the task never runs, yet it gets its own pod.',
    'Remove the task, or group it with another one.',
  ),
  'MI-INBOUND-UNSUPPORTED': entry(
    'error',
    'MI cannot start the inbound endpoint',
    'The protocol or class does not exist in MI, so the deployment of the archive fails.',
    'Use a protocol of MI, or the connector that replaces it.',
  ),
  'MI-REF-MISSING': entry(
    'warning',
    'Unresolved reference',
    'An artifact refers to one that none of the given paths contains, or that no application delivers. Mediation fails when it reaches the reference.',
    'Pass the path that contains it as well, deliver it, or correct the name.',
  ),
  'MI-REF-DYNAMIC': entry(
    'info',
    'Target known only at run time',
    'The name of a target is an expression, a key or a configurable, so the reference cannot be followed. `scan` lists it; the plan reports where it matters as MI-ISO-DYNAMIC.',
    'Nothing to do, unless the plan reports it.',
  ),
  'MI-READY-SETTING': entry(
    'error',
    'Setting without a value',
    'An artifact reads an environment variable (`$SYSTEM:`) or a line of file.properties (`$FILE:`), or deployment.toml an `$env{}`, that the values of an environment do not set. MI undeploys the whole archive or does not start, so no pod becomes ready. It is a warning as long as there is no mi-patterns.yaml to set it in.',
    'Set it under `env` or `properties` in the values of the environment; use `secretKeyRef` for a password. `generate` writes the missing entries as comments.',
  ),
  'MI-READY-CONFIGURABLE': entry(
    'warning',
    'Configurable without a value',
    'The project declares or uses a configurable (`${configs.}`) that neither an environment variable nor a line of file.properties sets. MI deploys the archive and logs an error; what uses it fails.',
    'Set it under `properties` or `env` in the values of the environment.',
  ),
  'MI-READY-ORDER': entry(
    'warning',
    'Wrong deployment order of archives',
    'MI deploys archives in the order of their file names. An archive that needs a class, connector, data source, local entry or resource from an archive that sorts later fails as a whole, so no pod becomes ready. It is an error if archives need each other.',
    'Deploy the archives that `package` and `generate` write, whose names sort correctly, or rename them.',
  ),
  'MI-READY-LOCK': entry(
    'warning',
    'Lock files of a dead pod',
    'A consumer of files writes FILE.lock while it works. A killed pod leaves it behind, and by default MI never releases the lock of another host. Each pod counts as another host, so the file is never processed.',
    'Set transport.vfs.AutoLockRelease to true, transport.vfs.LockReleaseSameNode to false and an interval above the longest processing time.',
  ),
  'MI-READY-LOCATION': entry(
    'warning',
    'Local entry that is loaded from elsewhere',
    'A local entry has a `src`. MI loads it while it deploys the entry, and undeploys the whole archive if that fails, so the pod does not become ready.',
    'Put the content into the entry itself, or make sure that every pod reaches the address or has the file.',
  ),
  'MI-READY-VAULT': entry(
    'warning',
    'Vault is not configured',
    'An artifact looks up a secret in HashiCorp Vault, but the values of an environment do not configure one.',
    'Set `hashicorpVault` in the values of the environment.',
  ),
  'MI-ISO-INMEM-STORE': entry(
    'error',
    'In-memory store written by other pods',
    'The store is in the memory of each pod. Messages stored by a pod without the message processor are never processed, and nothing reports it.',
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
    'Resequence store written by several pods',
    'The store keeps the position in the sequence in the memory of a pod, so several pods break the order.',
    'Keep its writers and its processor in one pod.',
  ),
  'MI-ISO-JDBC-TWO': entry(
    'error',
    'Several consumers of one JDBC store',
    'The store does not lock the row it returns, so two processors deliver the same message twice.',
    'Use one processor, or a JMS or RabbitMQ store.',
  ),
  'MI-ISO-LOOPBACK': entry(
    'error',
    'Call to an artifact in another pod',
    'An address of the same server (localhost, local://) points to an artifact that runs only in another workload.',
    'Point the address at the Service of that workload, or group both.',
  ),
  'MI-ISO-INJECT-PROXY': entry(
    'error',
    'Task injects into a proxy of another pod',
    'Injection works only within one server.',
    'Group the task and the proxy.',
  ),
  'MI-ISO-REGISTRY': entry(
    'error',
    'State shared through the registry',
    'The registry is a folder in each pod: other pods do not see what one pod writes.',
    'Keep the value in a database or cache, or run writer and reader in one pod.',
  ),
  'MI-ISO-SYSTEM-PROPERTY': entry(
    'warning',
    'Java system property written by a flow',
    'The property exists only in the JVM that ran the flow, not in other pods.',
    'Store the value elsewhere.',
  ),
  'MI-ISO-SESSION': entry(
    'warning',
    'Endpoint sessions kept in each pod',
    'A load-balancing endpoint with sessions remembers the back end of each client in the memory of one pod; other pods do not know it.',
    'Use session affinity, or back ends that share sessions.',
  ),
  'MI-ISO-CALLBACK': entry(
    'warning',
    'Response on a separate connection',
    'An endpoint with separateListener="true" receives its response on a new connection, but only the pod that sent the message waits for it.',
    'Remove separateListener, or run the flow in one pod.',
  ),
  'MI-ISO-AI-STATE': entry(
    'warning',
    'AI memory or vector store in the pod',
    'A connection of the AI module keeps conversations (FILE_MEMORY) or embeddings (MI_VECTOR_STORE) in the memory and registry of one pod.',
    'Use a store outside the pods, for example POSTGRES_MEMORY.',
  ),
  'MI-ISO-AGGREGATE': entry(
    'warning',
    'Aggregation across requests',
    'Open aggregates are in the memory of a pod. Parts that arrive at different pods are never combined.',
    'Split and aggregate in one flow (iterate, clone), or isolate the entry point.',
  ),
  'MI-ISO-FILES': entry(
    'warning',
    'Directory used by several pods',
    'Several pods use one directory. They need a volume that all of them can write to, and consumers may take the same file.',
    'Mount a ReadWriteMany volume, or run its users in one pod.',
  ),
  'MI-ISO-STATE-PVC': entry(
    'warning',
    'State lost with the pod',
    'Positions or activation states are files in the pod and are lost with it.',
    'Give the workload a persistent volume for them.',
  ),
  'MI-ISO-BINDS-TO': entry(
    'error',
    'API bound to an inbound endpoint of another pod',
    'Only that inbound endpoint serves the API, and it does not run in the pods of the API.',
    'Put both into one workload, or bind the API to the default listener too.',
  ),
  'MI-ISO-DISPATCH': entry(
    'error',
    'Inbound endpoint dispatches to another pod',
    'An HTTP inbound endpoint passes requests only to artifacts of the same server.',
    'Put both into one workload.',
  ),
  'MI-ISO-MAINSEQ': entry(
    'error',
    'main or fault sequence delivered twice, or unusable in a pod',
    "Each archive overwrites the server's main or fault sequence, so the last one deployed wins, and a task that injects into main needs the right one. Or: every pod runs both sequences, and one of them needs something that only another pod has (a warning for main, which may receive nothing).",
    'Deliver it once, or inject into a sequence with another name; use a broker to reach another pod.',
  ),
  'MI-ISO-DYNAMIC': entry(
    'warning',
    'Target known only to the server',
    'The name of a target is an expression or a key, so the planner cannot see where it leads.',
    'Check by hand that it stays inside the workload.',
  ),
  'MI-ISO-CUSTOM': entry(
    'warning',
    'Custom class',
    'The artifacts do not show what a Java class keeps in memory or starts on its own.',
    'Check its source, and override the verdict with a reason if necessary.',
  ),
  'MI-ISO-SAME-CAR': entry(
    'warning',
    'Archive mixes stateful and other artifacts',
    'Deployed unchanged in the scaled pods, the archive would run the stateful artifact there too.',
    'Deploy the archives that `mi-patterns package` writes, not the original.',
  ),
  'MI-ISO-VERSIONED': entry(
    'warning',
    'Versioned deployment across a split',
    'With versioned deployment, artifact names include the archive, so splitting the archive changes what references point to.',
    'Deliver by roles, or disable versioned deployment.',
  ),
  'MI-ISO-DS-DUP': entry(
    'error',
    'Data source delivered twice',
    'The second archive with a data source of the same name is faulty and not deployed.',
    'Keep the data source in one archive.',
  ),
  'MI-ISO-CAPACITY': entry(
    'info',
    'Limit or cache per pod',
    'Caches and throttle counters belong to one JVM, so each replica has its own.',
    'Divide limits by the number of replicas, or limit at the gateway.',
  ),
  'MI-ISO-MIXED-TRANSPORT': entry(
    'warning',
    'Isolated service that also answers requests',
    'The service is isolated because of one transport and also answers HTTP, but only the isolated pod runs it.',
    'Split it into two services, or send its clients to the isolated workload.',
  ),
  'MI-ISO-DB-SHARED': entry(
    'error',
    'Coordination database with several workloads',
    'The task table has no column for the workload, so servers with different artifacts claim tasks that they do not have from each other.',
    'Remove WSO2_COORDINATION_DB from deployment.toml, or use --coordination database.',
  ),
  'MI-ISO-COORDINATION': entry(
    'warning',
    'coordination=true has no effect here',
    'Without a coordination database, every pod with the inbound endpoint consumes.',
    'Use the pattern coordinated: one pod, or a database.',
  ),
  'MI-DB-MISSING': entry(
    'warning',
    'No coordination database found',
    'No deployment.toml defines the data source WSO2_COORDINATION_DB; without it, every pod runs every task.',
    'Add the data source, or set it in the values.',
  ),
  'MI-DB-PINNED': entry(
    'error',
    'Pinned tasks are not coordinated',
    'A task with pinnedServers runs in every pod whose name matches, database or not.',
    'Remove pinnedServers or isolate the task.',
  ),
  'MI-DB-PROXY': entry(
    'error',
    'Listener is not covered by the database',
    'Listeners of proxies, data services and listening inbound endpoints start in every pod, with or without the database.',
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
    'Task names are global in the database, so two tasks with the same name count as one.',
    'Rename one of them.',
  ),
  'MI-DB-AT-MOST-ONCE': entry(
    'warning',
    'Duplicates are possible at a failover',
    'Two nodes may briefly run the same task when they lose contact: always before MI 4.7, and from 4.7 on unless coordination hardening is fully enabled.',
    'Make the work safe to repeat, or isolate the task.',
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
    'All pods get the same node id, and a node that finds its own id in use does not start.',
    'Remove [cluster_config] node_id, so that MI generates one.',
  ),
  'MI-DB-ONE-SHOT': entry(
    'info',
    'One-shot task under coordination',
    'Its row remains marked as completed, so it does not run again after an update.',
    'Remove the row, or use a Job.',
  ),
  'MI-DB-SETUP': entry(
    'info',
    'Prepare the database',
    'MI neither creates tables nor includes a JDBC driver.',
    'Run the scripts in dbscripts/ and add the driver to lib/ before the first start.',
  ),
} as const satisfies Readonly<Record<string, CatalogueEntry>>;

export type PlannerCode = keyof typeof plannerCatalogue;
