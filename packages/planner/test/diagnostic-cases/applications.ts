import type { PlannerCode } from '../../src/findings/catalogue.ts';
import { source } from '../builder.ts';
import { inbound, toml, twoApps, type Case } from './parts.ts';

const versioned = {
  applications: [
    { id: 'a_1', versionedDeployment: true },
    { id: 'b_1', versionedDeployment: true },
  ],
};
const sameContext = {
  'api/A': { facts: { context: '/x' }, applications: ['a_1'] },
  'api/B': { facts: { context: '/x' }, applications: ['b_1'] },
};

const [inA, inB] = [{ applications: ['a_1'] }, { applications: ['b_1'] }];

/** A data source that JNDI has as `jdbc/orders`. */
const jndi = (name: string): object => ({ [`data-source/${name}`]: { facts: { jndiName: 'jdbc/orders' } } });

const axis2Of = (name: string): object => ({
  facts: { services: [{ name, parameters: [], source: source('services.xml', 1) }] },
});

/** Findings about what several applications bring to one server. */
export const applicationCases = {
  'MI-PLAN-CONTEXT': [
    ['two APIs', 'error', { 'api/A': { facts: { context: '/x' } }, 'api/B': { facts: { context: '/x' } } }],
    ['but for a slash', 'error', { 'api/A': { facts: { context: '/x' } }, 'api/B': { facts: { context: '/x/' } } }],
    ['two contexts', 'none', { 'api/A': { facts: { context: '/x' } }, 'api/B': { facts: { context: '/x/y' } } }],
    [
      'two versions',
      'none',
      {
        'api/A': { facts: { context: '/x', apiVersion: '1' } },
        'api/B': { facts: { context: '/x', apiVersion: '2' } },
      },
    ],
    ['two APIs of versioned applications', 'error', sameContext, {}, versioned],
    [
      'two APIs of versioned applications whose servers expose versions',
      'none',
      sameContext,
      {},
      { ...versioned, configurations: [{ exposesVersionedServices: true }] },
    ],
    [
      'two APIs of one versioned application',
      'error',
      { 'api/A': { facts: { context: '/x' } }, 'api/B': { facts: { context: '/x' } } },
      {},
      {
        applications: [{ id: 'app_1', versionedDeployment: true }],
        configurations: [{ exposesVersionedServices: true }],
      },
    ],
  ],
  'MI-PLAN-SAME-KEY': [
    [
      'an endpoint and a sequence, which takes its place',
      'error',
      { 'sequence/S': {}, 'endpoint/S': {}, 'api/A': { refs: { uses: ['endpoint/S'] } } },
    ],
    [
      'an endpoint that nothing uses',
      'none',
      { 'sequence/S': {}, 'endpoint/S': {}, 'api/A': { refs: { uses: ['sequence/S'] } } },
    ],
    ['a local entry and a template of one archive', 'error', { 'local-entry/S': {}, 'template/S': {}, 'api/A': {} }],
    [
      'two archives, where the one used may be replaced',
      'warning',
      { 'sequence/S': inA, 'endpoint/S': inB, 'api/A': { ...inA, refs: { uses: ['sequence/S'] } } },
    ],
    [
      'two archives, where one used is replaced',
      'error',
      { 'sequence/S': inA, 'endpoint/S': inB, 'api/A': { ...inA, refs: { uses: ['sequence/S', 'endpoint/S'] } } },
    ],
    ['a local entry in another archive', 'warning', { 'local-entry/S': inA, 'sequence/S': inB, 'api/A': inA }],
    [
      'two data sources with one JNDI name',
      'warning',
      { ...jndi('D'), ...jndi('E'), 'api/A': { refs: { uses: ['data-source/D'] } } },
    ],
    [
      'a data source with the JNDI name of one of deployment.toml',
      'warning',
      { ...jndi('D'), 'api/A': { refs: { uses: ['data-source/D'] } } },
      {},
      toml({ dataSources: [{ id: 'orders', source: source('deployment.toml', 4) }] }),
    ],
    ['two of which none is looked up in JNDI', 'none', { ...jndi('D'), ...jndi('E'), 'api/A': {} }],
    [
      'two that data services find by name',
      'none',
      {
        ...jndi('D'),
        ...jndi('E'),
        'data-service/S': {
          refs: { uses: ['data-source/D', 'data-source/E'] },
          as: { via: 'property[@name="carbon_datasource_name"]' },
        },
      },
    ],
    ['one in JNDI', 'none', { ...jndi('D'), 'data-source/E': {}, 'api/A': { refs: { uses: ['data-source/D'] } } }],
    ['nothing used in two archives', 'none', { 'endpoint/S': inA, 'sequence/S': inB, 'api/A': inA }],
    [
      'two versioned applications',
      'none',
      { 'local-entry/S': inA, 'sequence/S': inB, 'api/A': { ...inB, refs: { uses: ['sequence/S'] } } },
      {},
      versioned,
    ],
    ['one versioned application', 'error', { 'local-entry/S': inA, 'sequence/S': inA, 'api/A': inB }, {}, versioned],
    [
      'an API, a proxy service and a message store of the name',
      'none',
      { 'sequence/S': {}, 'api/S': { refs: { uses: ['sequence/S'] } }, 'proxy-service/S': {}, 'message-store/S': {} },
    ],
    ['a proxy and a data service', 'error', { 'proxy-service/S': inA, 'data-service/S': inB }],
    ['a service of an Axis2 archive', 'error', { 'proxy-service/S': {}, 'axis2-service/A': axis2Of('S') }],
    ['Axis2 archives with one service', 'error', { 'axis2-service/A': axis2Of('S'), 'axis2-service/B': axis2Of('S') }],
    ['an Axis2 archive of the name of a service', 'none', { 'proxy-service/S': {}, 'axis2-service/S': axis2Of('T') }],
    ['services of versioned applications', 'error', { 'proxy-service/S': inA, 'data-service/S': inB }, {}, versioned],
    [
      'services of versioned applications whose servers expose versions',
      'none',
      { 'proxy-service/S': inA, 'data-service/S': inB },
      {},
      { ...versioned, configurations: [{ exposesVersionedServices: true }] },
    ],
  ],
  'MI-PLAN-DUPLICATE': [
    ['a task in two applications', 'error', { 'task/T': twoApps }],
    [
      'a sequence in two applications of a single replica',
      'error',
      { 'sequence/S': twoApps, 'api/A': {} },
      { pattern: 'single-replica' },
    ],
    ['an endpoint in two applications', 'none', { 'endpoint/E': twoApps, 'task/T': {} }],
    ['a template in two applications', 'none', { 'template/E': twoApps, 'task/T': {} }],
    ['a connector in two applications', 'none', { 'connector/C': twoApps, 'task/T': {} }],
    ['the main sequence, which not even one may bring', 'none', { 'sequence/main': twoApps, 'task/T': {} }],
    ['two versioned applications', 'none', { 'task/T': twoApps }, {}, versioned],
    ['an API of two versioned applications', 'error', { 'api/A': twoApps }, {}, versioned],
    ['a proxy service of two versioned applications', 'error', { 'proxy-service/P': twoApps }, {}, versioned],
    [
      'an API of two versioned applications whose servers expose versions',
      'none',
      { 'api/A': twoApps },
      {},
      { ...versioned, configurations: [{ exposesVersionedServices: true }] },
    ],
    [
      'an API of two versioned applications, where one of two servers exposes versions',
      'error',
      { 'api/A': twoApps },
      {},
      { ...versioned, configurations: [{ exposesVersionedServices: true }, {}] },
    ],
    [
      'an API of two versioned applications whose pods expose versions, unlike a project',
      'none',
      { 'api/A': twoApps },
      {},
      { ...versioned, configurations: [{}, { exposesVersionedServices: true, environment: 'prod' }] },
    ],
    [
      'an inbound endpoint, which is never versioned',
      'error',
      { 'inbound-endpoint/I': { ...inbound('file'), ...twoApps } },
      {},
      versioned,
    ],
    [
      'a project and its own archive',
      'none',
      { 'task/T': twoApps },
      {},
      {
        applications: [
          { id: 'a_1', name: 'a', version: '1.0.0-SNAPSHOT' },
          { id: 'b_1', name: 'a', version: '1.0.0', type: 'archive' },
        ],
      },
    ],
  ],
  'MI-PLAN-OWN-SEQUENCE': [
    ['an archive with main', 'warning', { 'sequence/main': {}, 'api/A': {} }],
    ['two archives with fault', 'warning', { 'sequence/fault': twoApps, 'api/A': {} }],
    [
      'the main sequence of an image',
      'none',
      { 'sequence/main': {}, 'api/A': {} },
      {},
      { applications: [{ id: 'app_1', type: 'server' }] },
    ],
    ['a sequence of another name', 'none', { 'sequence/mainFlow': {}, 'api/A': {} }],
    [
      'one with a name of its own by versioned deployment',
      'none',
      { 'sequence/main': {}, 'api/A': {} },
      {},
      { applications: [{ id: 'app_1', versionedDeployment: true }] },
    ],
  ],
  'MI-PLAN-REPLACED': [
    ['an endpoint with two definitions', 'warning', { 'endpoint/E': { ...twoApps, redefined: true }, 'task/T': {} }],
    ['an endpoint of which both say the same', 'none', { 'endpoint/E': twoApps, 'task/T': {} }],
  ],
} as const satisfies Partial<Record<PlannerCode, readonly Case[]>>;
