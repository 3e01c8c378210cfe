/** The API and error reference, read from the docstrings of `src/types.ts`, so that nothing is written twice. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "@babel/parser";
import { ROOT } from "../config.ts";

const TYPES = "src/types.ts";

/** A node of Babel's tree; Babel's types would need a cast at each step. */
interface Node extends Record<string, any> {
  type: string;
  start: number;
  end: number;
}

interface Comment {
  type: "CommentBlock" | "CommentLine";
  value: string;
  start: number;
}

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

/** An interface, or a type of several names. */
export interface Declaration {
  name: string;
  doc: string[];
  /** As written, such as `Pick<AuthenticateOptions, "scope">`; empty without. */
  inherits: string;
  members: Member[];
}

/** One name of a union of strings. */
export interface Named {
  name: string;
  /** The line comment above it, or above the names before it. */
  group: string;
  doc: string;
}

export interface Reference {
  interfaces: Declaration[];
  errors: Named[];
  scopes: { doc: string[]; names: string[] };
}

/** The last docstring's paragraphs, without stars and line breaks. */
function paragraphs(comments: readonly Comment[] = []): string[] {
  const docstring = comments.findLast(({ type }) => type === "CommentBlock")?.value ?? "";
  return docstring
    .split("\n")
    .map((line) => line.replace(/^\s*\*+ ?/, "").trim())
    .join("\n")
    .split(/\n{2,}/)
    .map((text) => text.replaceAll("\n", " ").trim())
    .filter(Boolean);
}

/** Overloads become one member. The last one, which TypeScript tries last, is the general one: it comes first. */
function joinOverloads(members: readonly Member[]): Member[] {
  const byName = new Map<string, Member>();
  for (const member of members) {
    const before = byName.get(member.name);
    const joined = before && {
      type: `${member.type}\n${before.type}`,
      doc: [...member.doc, ...before.doc],
    };
    byName.set(member.name, { ...member, ...joined });
  }
  return [...byName.values()];
}

/** Reads the source text of `src/types.ts`. Throws an Error naming what has no docstring. */
export function readReference(source: string = readFileSync(join(ROOT, TYPES), "utf8")): Reference {
  const file = parse(source, { sourceType: "module", plugins: ["typescript"] });
  const comments = file.comments as Comment[];
  const textOf = (node: Node): string => source.slice(node.start, node.end).replace(/\s+/g, " ");
  const reference: Reference = { interfaces: [], errors: [], scopes: { doc: [], names: [] } };

  function documented(node: Node, name: string): string[] {
    const doc = paragraphs(node.leadingComments);
    if (doc.length === 0) throw new Error(`${TYPES}: ${name} has no docstring`);
    return doc;
  }

  function member(node: Node, owner: string): Member {
    const name = node.key.name as string;
    const method = node.type === "TSMethodSignature";
    const annotation: Node = node.typeAnnotation.typeAnnotation;
    const type = method
      ? `(${node.parameters.map(textOf).join(", ")}) => ${textOf(annotation)}`
      : textOf(annotation).replace(/ \| undefined$/, (end) => (node.optional ? "" : end));
    // A literal type says everything itself.
    const plain = annotation.type === "TSLiteralType";
    const doc = plain ? paragraphs(node.leadingComments) : documented(node, `${owner}.${name}`);
    const tag = /^@deprecated /;
    // Without the parentheses that a function type needs before `| undefined`.
    return {
      name,
      type: type.replace(/^\((\(.*\) => [^()]*)\)$/, "$1"),
      optional: Boolean(node.optional),
      deprecated: doc.some((text) => tag.test(text)),
      doc: doc.map((text) => text.replace(tag, "")),
    };
  }

  /** The strings of a union, each with its docstring and the heading of its group. */
  function names(union: Node): Named[] {
    let group = "";
    let from = union.start;
    return (union.types as Node[]).flatMap((type) => {
      // By place, because the parser hands a comment before a `|` to whichever node it sees next.
      const above = comments.filter(({ start }) => start >= from && start < type.start);
      from = type.end;
      group = above.findLast((comment) => comment.type === "CommentLine")?.value.trim() ?? group;
      if (type.type !== "TSLiteralType") return [];
      return [{ name: type.literal.value as string, group, doc: paragraphs(above).join(" ") }];
    });
  }

  for (const statement of file.program.body as unknown as Node[]) {
    if (statement.type !== "ExportNamedDeclaration") continue;
    const declaration = statement.declaration as Node | null;
    if (declaration?.type === "TSInterfaceDeclaration") {
      const name = declaration.id.name as string;
      reference.interfaces.push({
        name,
        doc: documented(statement, name),
        inherits: (declaration.extends ?? []).map(textOf).join(", "),
        members: joinOverloads(declaration.body.body.map((node: Node) => member(node, name))),
      });
    } else if (declaration?.type === "TSTypeAliasDeclaration") {
      const found = names({ ...declaration.typeAnnotation, start: declaration.start });
      if (declaration.id.name === "ErrorName") {
        for (const { name, doc } of found) if (!doc) throw new Error(`${TYPES}: ${name} has no docstring`);
        reference.errors = found;
      }
      if (declaration.id.name === "Scope")
        reference.scopes = { doc: documented(statement, "Scope"), names: found.map(({ name }) => name) };
    }
  }
  return reference;
}

/** The members of an interface, those that it inherits first, each with the type and the docstring of the last to declare it. */
export function allMembers(reference: Reference, interfaceName: string): Member[] {
  const { inherits, members } = reference.interfaces.find(({ name }) => name === interfaceName)!;
  const byName = new Map<string, Member>();
  if (inherits) {
    const [, utility, base, names] = /^(?:(Omit|Pick)<)?(\w+)(?:, (.+)>)?$/.exec(inherits)!;
    for (const member of allMembers(reference, base!)) {
      const named = names?.includes(`"${member.name}"`);
      if (utility === "Omit" ? !named : utility === "Pick" ? named : true) byName.set(member.name, member);
    }
  }
  for (const member of members) byName.set(member.name, member);
  return [...byName.values()];
}
