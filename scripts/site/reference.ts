/** The API and error reference, read from the docstrings of `src/types.ts`, so that nothing is written twice. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type JSDocableNode, Node, Project, type TypeElementTypes } from "ts-morph";
import { ROOT } from "../config.ts";

const TYPES = "src/types.ts";

/** A property or a method. */
export interface Member {
  name: string;
  /** As written in the source; a method with overloads has a line for each. */
  type: string;
  optional: boolean;
  /** Marked `@deprecated`: accepted, and not for new code. */
  deprecated: boolean;
  /** The docstring, one line a paragraph; empty without one. */
  doc: string[];
}

export interface Reference {
  /** `inherits` is as written, such as `Pick<AuthenticateOptions, "scope">`; empty without. */
  interfaces: { name: string; doc: string[]; inherits: string; members: Member[] }[];
  /** `group` is the line comment above the name, or above the names before it. */
  errors: { name: string; group: string; doc: string }[];
  scopes: { doc: string[]; names: string[] };
}

const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim();

/** The last docstring's paragraphs. */
function documented(node: JSDocableNode, name: string): string[] {
  const text = node.getJsDocs().at(-1)?.getInnerText();
  if (!text) throw new Error(`${TYPES}: ${name} has no docstring`);
  return text.split(/\n{2,}/).map(oneLine);
}

function memberOf(node: TypeElementTypes, owner: string): Member {
  if (!Node.isPropertySignature(node) && !Node.isMethodSignature(node))
    throw new Error(`${TYPES}: ${owner} has a ${node.getKindName()}, which the reference does not show`);
  const name = node.getName();
  const optional = node.hasQuestionToken();
  const type = Node.isMethodSignature(node)
    ? `(${node.getParameters().map((each) => each.getText())}) => ${node.getReturnTypeNodeOrThrow().getText()}`
    : node.getTypeNodeOrThrow().getText();
  // A literal type says everything itself.
  const doc = type.startsWith('"') ? [] : documented(node, `${owner}.${name}`);
  const tag = /^@deprecated /;
  return {
    name,
    // Without `| undefined`, and the parentheses that a function type needs before it.
    type: optional ? oneLine(type).replace(/^(?:\((.*)\)|(.*)) \| undefined$/, "$1$2") : oneLine(type),
    optional,
    deprecated: doc.some((text) => tag.test(text)),
    doc: doc.map((text) => text.replace(tag, "")),
  };
}

/** Overloads become one member. The last one, which TypeScript tries last, is the general one: it comes first. */
function joinOverloads(members: readonly Member[]): Member[] {
  const byName = new Map<string, Member>();
  for (const member of members) {
    const { type, doc } = byName.get(member.name) ?? { type: "", doc: [] };
    const joined = { type: `${member.type}\n${type}`.trim(), doc: [...member.doc, ...doc] };
    byName.set(member.name, { ...member, ...joined });
  }
  return [...byName.values()];
}

/** The strings of a union as it is written, each with its docstring and the line comment that heads its group. */
function namesOf(union: string): Reference["errors"] {
  let group = "";
  return [...union.matchAll(/\/\/ (.*)|(?:\/\*\*([\s\S]*?)\*\/\s*)?(?:\||=) "(\w+)"/g)].flatMap(
    ([, heading, doc, name]) => {
      group = heading ?? group;
      return name ? [{ name, group, doc: oneLine((doc ?? "").replace(/\n\s*\*/g, "")) }] : [];
    },
  );
}

/** Reads the source text of `src/types.ts`. Throws an Error naming what has no docstring. */
export function readReference(source: string = readFileSync(join(ROOT, TYPES), "utf8")): Reference {
  const file = new Project({ useInMemoryFileSystem: true }).createSourceFile("types.ts", source);
  const [scope, errorName] = ["Scope", "ErrorName"].map((name) => file.getTypeAlias(name));
  const errors = namesOf(errorName?.getText() ?? "");
  const bare = errors.find(({ doc }) => !doc);
  if (bare) throw new Error(`${TYPES}: ${bare.name} has no docstring`);
  return {
    interfaces: file.getInterfaces().map((declaration) => {
      const name = declaration.getName();
      return {
        name,
        doc: documented(declaration, name),
        inherits: declaration
          .getExtends()
          .map((each) => each.getText())
          .join(", "),
        members: joinOverloads(declaration.getMembers().map((node) => memberOf(node, name))),
      };
    }),
    errors,
    scopes: {
      doc: scope ? documented(scope, "Scope") : [],
      names: namesOf(scope?.getText() ?? "").map(({ name }) => name),
    },
  };
}

/** The members of an interface, those that it inherits first, each with the type and the docstring of the last to declare it. */
export function allMembers(reference: Reference, interfaceName: string): Member[] {
  const { inherits, members } = reference.interfaces.find(({ name }) => name === interfaceName)!;
  const [, utility, base, names] = /^(?:(Omit|Pick)<)?(\w*)(?:, (.+)>)?$/.exec(inherits)!;
  const inherited = base ? allMembers(reference, base) : [];
  const kept = inherited.filter(
    ({ name }) => !utility || names!.includes(`"${name}"`) === (utility === "Pick"),
  );
  return [...new Map([...kept, ...members].map((member) => [member.name, member])).values()];
}
