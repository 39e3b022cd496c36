export const pom = (name = 'p', version = '1.0.0'): string =>
  `<project><modelVersion>4.0.0</modelVersion><groupId>g</groupId><artifactId>${name}</artifactId><version>${version}</version><properties><projectType>integration-project</projectType></properties></project>`;
export const escaped = (text: string): string => text.replace(/[&<>"\r\n\t]/g, (sign) => `&#${sign.charCodeAt(0)};`);
export const task = (name: string): string =>
  `<task xmlns="http://ws.apache.org/ns/synapse" name="${escaped(name)}" class="org.apache.synapse.startup.tasks.MessageInjector"><trigger interval="5"/><property name="message"><m xmlns=""/></property></task>`;
export const api = (name: string): string =>
  `<api xmlns="http://ws.apache.org/ns/synapse" name="${escaped(name)}" context="/a"><resource methods="GET"><inSequence/></resource></api>`;
export const artifacts = 'p/src/main/wso2mi/artifacts';
/** A project with a task and an API. */
export const project = {
  'p/pom.xml': pom(),
  [`${artifacts}/tasks/A.xml`]: task('A'),
  [`${artifacts}/apis/B.xml`]: api('B'),
};
