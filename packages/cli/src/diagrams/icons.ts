import type { FlowNodeKind } from '@mi-patterns/planner';

/** Strokes of 16 by 16 pixels that say at a glance what a node is; its note says it in words. */
export const icons: Readonly<Partial<Record<FlowNodeKind, string>>> = {
  clients: 'M8 8a3 3 0 1 0 0-6a3 3 0 0 0 0 6M2.5 14.5c0-3.2 2.4-4.8 5.5-4.8s5.5 1.6 5.5 4.8',
  gateway: 'M2 3h12M2 13h12M4 3v10M12 3v10M5.5 8h5M8.500 5.800L10.700 8L8.500 10.200',
  service: 'M8 1.500L14 5v6L8 14.500L2 11V5zM8 5.500a2.500 2.500 0 1 0 0 5a2.500 2.500 0 0 0 0-5',
  queue: 'M1.500 4h13v8h-13zM6 4v8M10.300 4v8',
  topic: 'M5 8a1.500 1.500 0 1 0-3 0a1.500 1.500 0 0 0 3 0M5 8h3M8 8L13.500 3M8 8h5.500M8 8l5.500 5',
  database:
    'M2.500 4c0-1.300 2.500-2 5.500-2s5.500 .7 5.500 2s-2.500 2-5.500 2s-5.500-.7-5.500-2v8c0 1.300 2.500 2 5.500 2s5.500-.7 5.500-2V4M2.500 8c0 1.300 2.500 2 5.500 2s5.500-.7 5.500-2',
  directory: 'M1.500 13V3.500h4.500l1.500 2h7V13z',
  mailbox: 'M1.500 3.500h13v9h-13zM1.500 4l6.500 5l6.500-5',
  host: 'M8 1.500a6.500 6.500 0 1 0 0 13a6.500 6.500 0 0 0 0-13M1.500 8h13M8 1.500c-4 4-4 9 0 13c4-4 4-9 0-13',
  system: 'M4 2v3M8 2v3M2.500 5h7v3.500a3 3 0 0 1-3 3h-1a3 3 0 0 1-3-3zM6 11.500V14h7V8',
  missing: 'M3 3l10 10M13 3L3 13',
};
