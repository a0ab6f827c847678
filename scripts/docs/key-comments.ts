/** Reads what configuration keys mean out of the comments above them: the schema file stays the one place to write it. */
import ts from 'typescript';
import { readRepositoryFile, repositoryFiles } from './repository.ts';

/** The schema that composes all sections: `section: schemaName`. */
const composition = { file: 'src/app/config.ts', schema: 'configSchema' } as const;

/** `section.key` -> comment as one line; keys without a comment are absent. */
export function readKeyComments(): ReadonlyMap<string, string> {
  const schemas = new Map<string, { source: ts.SourceFile; fields: ts.ObjectLiteralExpression }>();
  for (const file of repositoryFiles('src/**/*config.ts')) {
    const source = ts.createSourceFile(file, readRepositoryFile(file), ts.ScriptTarget.Latest, true);
    for (const [name, fields] of schemaDeclarations(source)) schemas.set(name, { source, fields });
  }
  const whole = schemas.get(composition.schema);
  if (whole === undefined) throw new Error(`No ${composition.schema} in ${composition.file}.`);
  const comments = new Map<string, string>();
  for (const section of propertiesOf(whole.fields)) {
    const schemaName = section.initializer.getText(whole.source);
    const schema = schemas.get(schemaName);
    if (schema === undefined) throw new Error(`No file src/**/*config.ts declares ${schemaName}.`);
    for (const property of propertiesOf(schema.fields)) {
      const comment = commentOf(property, schema.source);
      const key = `${section.name.getText(whole.source)}.${property.name.getText(schema.source)}`;
      if (comment !== undefined) comments.set(key, comment);
    }
  }
  return comments;
}

/** Top-level `const name = z.object({...})...` and `z.strictObject({...})...`. */
function* schemaDeclarations(source: ts.SourceFile): Generator<[string, ts.ObjectLiteralExpression]> {
  for (const statement of source.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    for (const declaration of statement.declarationList.declarations) {
      const fields = declaration.initializer && schemaFields(declaration.initializer);
      if (fields !== undefined) yield [declaration.name.getText(source), fields];
    }
  }
}

/** The object literal at the bottom of a call chain such as `z.strictObject({...}).refine(...)`. */
function schemaFields(expression: ts.Expression): ts.ObjectLiteralExpression | undefined {
  if (!ts.isCallExpression(expression) || !ts.isPropertyAccessExpression(expression.expression)) return undefined;
  const { name, expression: callee } = expression.expression;
  const [argument] = expression.arguments;
  const isSchema = name.text === 'object' || name.text === 'strictObject';
  if (isSchema && argument !== undefined && ts.isObjectLiteralExpression(argument)) return argument;
  return schemaFields(callee);
}

function propertiesOf(fields: ts.ObjectLiteralExpression): ts.PropertyAssignment[] {
  return fields.properties.filter(ts.isPropertyAssignment);
}

function commentOf(property: ts.PropertyAssignment, source: ts.SourceFile): string | undefined {
  const text = source.getFullText();
  const range = ts.getLeadingCommentRanges(text, property.getFullStart())?.at(-1);
  const comment = range && text.slice(range.pos, range.end);
  if (comment?.startsWith('/**') !== true) return undefined;
  return comment
    .slice(3, -2)
    .replace(/\n\s*\*/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
