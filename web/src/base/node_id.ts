/** A thing: `type:namespace:name`, or `type:namespace:name:part`; `%` and `:` inside a part are percent-escaped. */
export interface NodeId {
  type: string;
  namespace: string;
  name: string;
  part?: string;
}

function unescapePart(text: string): string {
  return text.replace(/%(25|3[aA])/g, (_, hex: string) => (hex === '25' ? '%' : ':'));
}

function escapePart(text: string): string {
  return text.replace(/[%:]/g, (c) => (c === '%' ? '%25' : '%3A'));
}

/** Whatever it is, something comes back: a text that is no id is the name of a dataset. */
export function parseNodeId(id: string): NodeId {
  const parts = id.split(':');
  if (parts.length < 3) return { type: 'dataset', namespace: '', name: id };
  const [type = '', namespace = '', name = '', ...rest] = parts.map(unescapePart);
  return rest.length === 0 ? { type, namespace, name } : { type, namespace, name, part: rest.join(':') };
}

export function formatNodeId(node: NodeId): string {
  const parts = [node.type, node.namespace, node.name];
  if (node.part !== undefined) parts.push(node.part);
  return parts.map(escapePart).join(':');
}

/** What a person calls it. */
export function shortName(id: string): string {
  const node = parseNodeId(id);
  if (node.part !== undefined) return node.part;
  return node.name === '' ? id : node.name;
}

/** The dataset of a field, as an id; undefined for what is no field. */
export function datasetOfField(id: string): string | undefined {
  const node = parseNodeId(id);
  if (node.type !== 'field') return undefined;
  return formatNodeId({ type: 'dataset', namespace: node.namespace, name: node.name });
}
