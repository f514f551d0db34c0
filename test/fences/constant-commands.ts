import { parseSync } from 'vite';

interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

/**
 * What in a file of agent/host/ could let a program, or an argument of one, come from elsewhere. Commands are objects with `path` and
 * `args` at the top of a module, or made there by a function that is declared to return an AllowedCommand.
 */
export function commandProblems(path: string, code: string): readonly string[] {
  const program = asNode(parseSync(path, code).program);
  const builders = new Set(
    nodesIn(program).flatMap(({ node }) => (isBuilder(node) ? [nameOf(node['id'])] : [])),
  );
  return nodesIn(program).flatMap(({ node, within }) => {
    const isInFunction = within.some(({ type }) => /Function|Method/.test(type));
    if (node.type === 'ImportDeclaration' && /child_process/.test(String(asNode(node['source'])['value'])))
      return path.endsWith('agent/host/commands.ts') ? [] : ['starts programs by itself'];
    if (node.type === 'CallExpression' && builders.has(nameOf(node['callee'])))
      return problemsOf(asNodes(node['arguments']), isInFunction);
    if (node.type !== 'ObjectExpression' || !hasKeys(node, ['path', 'args'])) return [];
    if (within.some(isBuilder)) return [];
    return problemsOf(
      asNodes(node['properties']).map(({ value }) => asNode(value)),
      isInFunction,
    );
  });
}

function problemsOf(values: readonly Node[], isInFunction: boolean): readonly string[] {
  if (isInFunction) return ['makes a command inside a function'];
  return values.every(isConstant) ? [] : ['makes a command of something that is not constant'];
}

/** Calls without arguments count as constant: they can ask the system for its folder, and nothing else reaches them. */
function isConstant(node: Node): boolean {
  if (node.type === 'Literal') return true;
  if (node.type === 'Identifier') return /^[A-Z][A-Z0-9_]*$/.test(String(node['name']));
  if (node.type === 'BinaryExpression')
    return [asNode(node['left']), asNode(node['right'])].every(isConstant);
  if (node.type === 'ArrayExpression') return asNodes(node['elements']).every(isConstant);
  if (node.type === 'TemplateLiteral') return asNodes(node['expressions']).every(isConstant);
  if (node.type === 'CallExpression') return asNodes(node['arguments']).length === 0;
  if (node.type === 'ObjectExpression')
    return asNodes(node['properties']).every(
      (property) => property.type === 'Property' && isConstant(asNode(property['value'])),
    );
  return false;
}

function isBuilder(node: Node): boolean {
  return (
    node.type === 'FunctionDeclaration' &&
    /"name":"AllowedCommand"/.test(JSON.stringify(node['returnType'] ?? null))
  );
}

function hasKeys(node: Node, wanted: readonly string[]): boolean {
  const keys = asNodes(node['properties']).map(({ key }) => nameOf(key));
  return wanted.every((key) => keys.includes(key));
}

function nameOf(value: unknown): string {
  return typeof value === 'object' && value !== null && 'name' in value ? String(value.name) : '';
}

interface Placed {
  readonly node: Node;
  readonly within: readonly Node[];
}

function nodesIn(node: Node, within: readonly Node[] = []): readonly Placed[] {
  const inner = Object.values(node).flatMap((value) => (Array.isArray(value) ? value : [value]));
  return [{ node, within }, ...inner.filter(isNode).flatMap((child) => nodesIn(child, [...within, node]))];
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function asNode(value: unknown): Node {
  return isNode(value) ? value : { type: 'None' };
}

function asNodes(value: unknown): readonly Node[] {
  return Array.isArray(value) ? value.filter(isNode) : [];
}
