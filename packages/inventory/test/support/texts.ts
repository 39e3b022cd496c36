/** Artifacts as text, with what is written in them. */
export const SYN = 'xmlns="http://ws.apache.org/ns/synapse"';

export const inSequence = (mediators: string): string => `<sequence ${SYN} name="S">${mediators}</sequence>`;
export const api = (attributes: string, inner = '<resource methods="GET"><inSequence/></resource>'): string =>
  `<api ${SYN} name="A" ${attributes}>${inner}</api>`;
export const proxy = (inner: string): string => `<proxy ${SYN} name="P">${inner}</proxy>`;
export const endpoint = (inner: string): string => `<endpoint ${SYN} name="E">${inner}</endpoint>`;
export const inbound = (attributes: string, parameters: Readonly<Record<string, string>>): string =>
  `<inboundEndpoint ${SYN} name="I" ${attributes}><parameters>${Object.entries(parameters)
    .map(([name, value]) => `<parameter name="${name}">${value}</parameter>`)
    .join('')}</parameters></inboundEndpoint>`;
export const task = (properties: string, trigger = '<trigger interval="1"/>', name = 'T'): string =>
  `<task ${SYN} name="${name}">${trigger}<property name="message"><m xmlns=""/></property>${properties}</task>`;

export const resource = (attributes: string): string => `<resource ${attributes}><inSequence/></resource>`;
export const database = (inStatement: string): string =>
  `<dblookup><connection><pool><dsName>D</dsName></pool></connection><statement><sql>select 1</sql>${inStatement}</statement></dblookup>`;

export type Told = readonly (readonly [text: string, sentence: string])[];
