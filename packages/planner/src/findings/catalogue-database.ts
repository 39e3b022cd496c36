import { type CodeEntry, describedCode as entry } from '@mi-patterns/inventory';

/** The codes of coordination by a database; {@link plannerCatalogue} has them all. */
export const databaseCatalogue = {
  'MI-DB-MISSING': entry(
    'warning',
    'No coordination database found',
    "The values name no coordination database, and the one of a project's deployment.toml is not carried over. Without it, every pod runs every task.",
    'Set `coordination.database.url` and `.driver` under `values`, or isolate the artifacts.',
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
    'Two nodes may both run the same task when they lose contact with each other or with the database: always before MI 4.7, and from 4.7 on unless coordination hardening is fully enabled.',
    'Make the work safe to repeat, or isolate the task.',
  ),
  'MI-DB-COORDINATION-FALSE': entry(
    'error',
    'coordination=false',
    'Up to MI 4.4 the inbound endpoint runs on every node; from 4.5 the parameter is ignored.',
    'Remove the parameter.',
  ),
  'MI-DB-EMBEDDED': entry(
    'error',
    'Coordination database inside each pod',
    'An H2, Derby, HSQLDB or SQLite database inside the server cannot coordinate: each pod has its own, finds no other node in it, and runs every stateful artifact.',
    'Use a database server that all pods reach.',
  ),
  'MI-DB-NODE-ID': entry(
    'error',
    'Fixed node id',
    'All pods get the same node id, and a node that finds its own id in use does not start.',
    'Remove [cluster_config] node_id, so that MI generates one.',
  ),
  'MI-DB-TASK-NODES': entry(
    'error',
    'Tasks for nodes that no pod is',
    'The TaskNodeResolver gives tasks to the nodes named in task_nodes only. No pod has such a name: MI makes up a new node id at each start, and a Deployment makes up the names of its pods. Tasks, message processors and inbound endpoints then run in no pod, and the server only logs it.',
    'Remove resolver_class, or use the RoundRobinResolver.',
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
} as const satisfies Readonly<Record<string, CodeEntry>>;
