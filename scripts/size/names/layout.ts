/** A program taken apart so that it can be written again with other names and in another order. */
import { decode, encode, type SourceMapSegment } from "@jridgewell/sourcemap-codec";
import { type Dialect, type Node, type Program, parseProgram, walk } from "./ast.ts";
import { type Binding, findBindings } from "./bindings.ts";
import { type Choice, findChoices, type List } from "./orders.ts";

/** One way to write the program. */
export interface Plan {
  /** The name of each binding. */
  names: string[];
  /** The order of each choice: which item comes first, second, and so on. */
  orders: number[][];
}

type Piece =
  | { kind: "text"; text: string; start: number; end: number }
  | { kind: "name"; binding: number; start: number; end: number; before: string; after: string }
  | { kind: "property"; binding: number; key: string; keyStart: number; start: number; end: number }
  | { kind: "list"; choice: number; separator: string; statements: boolean; items: Item[] };

interface Item {
  pieces: Piece[];
  /** For a statement: whether a semicolon must part it from the next. */
  ends: boolean;
}

export interface Layout {
  program: Program;
  bindings: Binding[];
  conflicts: Set<number>[];
  globals: Set<string>;
  choices: Choice[];
  pieces: Piece[];
  /** For each binding, the keys of the properties that are its value alone: with such a name a property is written once. */
  keys: Set<string>[];
}

/** Where a stretch of a text went. */
export interface Move {
  start: number;
  end: number;
  to: number;
  /** The old name, where the stretch is a name. */
  name: string | null;
}

/** Whether a statement is ended by a semicolon unless a brace follows (ECMA-262, 12.10). */
function needsSemicolon(statement: Node): boolean {
  switch (statement.type) {
    case "IfStatement":
      return needsSemicolon(statement.alternate ?? statement.consequent);
    case "ForStatement":
    case "ForInStatement":
    case "ForOfStatement":
    case "WhileStatement":
    case "WithStatement":
    case "LabeledStatement":
      return needsSemicolon(statement.body);
    case "BlockStatement":
    case "FunctionDeclaration":
    case "ClassDeclaration":
    case "TryStatement":
    case "SwitchStatement":
    case "EmptyStatement":
      return false;
    default:
      return true;
  }
}

/** Identifiers that stand for a key and a value at once: `{a}`, `export{a}`. A new name has to part the two. */
function shorthands(ast: Node): Map<number, "property" | "export"> {
  const found = new Map<number, "property" | "export">();
  walk(ast, (node) => {
    if (node.type === "Property" && node.shorthand) found.set(node.key.start, "property");
    if (node.type === "ExportSpecifier" && node.local.start === node.exported.start) {
      found.set(node.local.start, "export");
    }
  });
  return found;
}

/** Properties whose value is an identifier under another name, `{a:b}`, by the key's offset. Old browsers have no other form. */
function longProperties({ ast, dialect }: Program): Map<number, Node> {
  const found = new Map<number, Node>();
  walk(ast, (node) => {
    const plain = node.type === "Property" && !node.shorthand && !node.computed && !node.method;
    if (!plain || dialect.jscript) return;
    if (node.key.type === "Identifier" && node.value.type === "Identifier") found.set(node.key.start, node);
  });
  return found;
}

/** Reads `code`, which must be minified: white space inside of it is kept, comments are not expected. */
export function layOut(code: string, dialect: Dialect): Layout {
  const program = parseProgram(code, dialect);
  const { ast, tokens } = program;
  const { bindings, conflicts, globals, manager } = findBindings(program);
  const choices = findChoices(program, manager);

  const bindingAt = new Map<number, number>();
  bindings.forEach((binding, index) => {
    for (const offset of binding.offsets) bindingAt.set(offset, index);
  });
  const shorthand = shorthands(ast);
  const properties = longProperties(program);
  const keys = bindings.map(() => new Set<string>());
  const tokenAt = new Map(tokens.map((token, index) => [token.start, index]));
  const tokenBehind = new Map(tokens.map((token, index) => [token.end, index + 1]));
  const range = (node: Node): [number, number] => [tokenAt.get(node.start)!, tokenBehind.get(node.end)!];

  type Placed = List & { choice: number; from: number; to: number };
  const lists: Placed[] = choices
    .flatMap(({ lists: all }, choice) => all.map((list) => ({ ...list, choice })))
    .map((list) => ({ ...list, from: range(list.items[0]!)[0], to: range(list.items.at(-1)!)[1] }))
    // Those around others come first.
    .sort((a, b) => a.from - b.from || b.to - a.to);

  const pieceOfName = (binding: number, start: number, end: number): Piece => {
    const name = code.slice(start, end);
    const before = shorthand.get(start) === "property" ? `${name}:` : "";
    const after = shorthand.get(start) === "export" ? ` as ${name}` : "";
    return { kind: "name", binding, start, end, before, after };
  };

  const build = (from: number, to: number, within: Placed[]): Piece[] => {
    const pieces: Piece[] = [];
    let textFrom = -1;
    const flush = (until: number): void => {
      if (textFrom < 0) return;
      const [start, end] = [tokens[textFrom]!.start, tokens[until - 1]!.end];
      pieces.push({ kind: "text", text: code.slice(start, end), start, end });
      textFrom = -1;
    };
    let at = from;
    while (at < to) {
      const list = within.find((candidate) => candidate.from === at && candidate.to <= to);
      if (list) {
        flush(at);
        const inside = within.filter(
          (other) => other !== list && other.from >= list.from && other.to <= list.to,
        );
        pieces.push(buildList(list, inside));
        at = list.to;
        continue;
      }
      const { start, end } = tokens[at]!;
      const property = properties.get(start);
      const held = property && bindingAt.get(property.value.start);
      if (held !== undefined) {
        const { key, value } = property!;
        flush(at);
        keys[held]!.add(key.name);
        const { start, end } = value;
        pieces.push({ kind: "property", binding: held, key: key.name, keyStart: key.start, start, end });
        // The key, the colon and the value.
        at += 3;
        continue;
      }
      const binding = bindingAt.get(start);
      if (binding === undefined) {
        if (textFrom < 0) textFrom = at;
      } else {
        flush(at);
        pieces.push(pieceOfName(binding, start, end));
      }
      at++;
    }
    flush(at);
    return pieces;
  };

  const buildList = (list: Placed, inside: Placed[]): Piece => {
    const statements = list.separator === ";";
    const items = list.items.map((node): Item => {
      const [from, to] = range(node);
      const ends = statements && needsSemicolon(node);
      const closed = ends && code.slice(tokens[to - 1]!.start, tokens[to - 1]!.end) === ";";
      return { pieces: build(from, closed ? to - 1 : to, inside), ends };
    });
    const [left, right] = list.items;
    const separator =
      list.separator === "operator" ? code.slice(left!.end, right!.start).trim() : list.separator;
    return { kind: "list", choice: list.choice, separator, statements, items };
  };

  const pieces = build(0, tokens.length, lists);
  return { program, bindings, conflicts, globals, choices, pieces, keys };
}

/** The plan that changes nothing. */
export function unchanged(layout: Layout): Plan {
  return {
    names: layout.bindings.map(({ variable }) => variable.name),
    orders: layout.choices.map(({ labels }) => labels.map((_, index) => index)),
  };
}

const WORD = /[\w$]/;

/** Writes the program as `plan` says. `moves`, when given, is filled with where each stretch went. */
export function render(layout: Layout, plan: Plan, moves?: Move[]): string {
  const { names, orders } = plan;
  let out = "";
  const append = (text: string): number => {
    // Two words need a space between them, and so may a regular expression and the word behind it.
    if (WORD.test(text[0]!) && out !== "" && (WORD.test(out.at(-1)!) || out.endsWith("/"))) out += " ";
    const at = out.length;
    out += text;
    return at;
  };
  const write = (pieces: Piece[]): void => {
    for (const piece of pieces) {
      if (piece.kind === "text") {
        const to = append(piece.text);
        moves?.push({ start: piece.start, end: piece.end, to, name: null });
      } else if (piece.kind === "property") {
        const name = names[piece.binding]!;
        const old = layout.bindings[piece.binding]!.variable.name;
        const before = name === piece.key ? "" : `${piece.key}:`;
        const to = append(before + name);
        const { keyStart, start, end } = piece;
        if (before) moves?.push({ start: keyStart, end: start, to, name: null });
        moves?.push({ start, end, to: to + before.length, name: name === old ? null : old });
      } else if (piece.kind === "name") {
        const name = names[piece.binding]!;
        const old = layout.bindings[piece.binding]!.variable.name;
        const text = name === old ? name : piece.before + name + piece.after;
        const to = append(text);
        moves?.push({ start: piece.start, end: piece.end, to, name: name === old ? null : old });
      } else {
        orders[piece.choice]!.forEach((item, position, order) => {
          const { pieces: inner, ends } = piece.items[item]!;
          write(inner);
          const last = position === order.length - 1;
          if (!last && (ends || !piece.statements)) out += piece.separator;
        });
      }
    }
  };
  write(layout.pieces);
  return out;
}

const lineStarts = (text: string): number[] => {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
};

/** `map`, which describes the old text, made to describe the text that `render` wrote with these `moves`. */
export function moveMap(map: string, oldText: string, newText: string, moves: readonly Move[]): string {
  const parsed = JSON.parse(map) as { mappings: string; names: string[] };
  const oldStarts = lineStarts(oldText);
  const newStarts = lineStarts(newText);
  const sorted = [...moves].sort((a, b) => a.start - b.start);
  const names = [...parsed.names];
  const nameIndex = (name: string): number => {
    const index = names.indexOf(name);
    return index < 0 ? names.push(name) - 1 : index;
  };

  const placed: { offset: number; segment: SourceMapSegment }[] = [];
  decode(parsed.mappings).forEach((line, number) => {
    for (const segment of line) {
      const offset = oldStarts[number]! + segment[0];
      const move = sorted.find(({ start, end }) => start <= offset && offset < end);
      if (!move) continue;
      const [column, source, sourceLine, sourceColumn, name] = segment;
      if (source === undefined) continue;
      const atName = move.name !== null && offset === move.start;
      const known = atName ? nameIndex(move.name!) : name;
      placed.push({
        offset: move.to + offset - move.start,
        segment:
          known === undefined
            ? [column, source, sourceLine!, sourceColumn!]
            : [column, source, sourceLine!, sourceColumn!, known],
      });
    }
  });

  const mappings: SourceMapSegment[][] = newStarts.map(() => []);
  for (const { offset, segment } of placed.sort((a, b) => a.offset - b.offset)) {
    const line = newStarts.findLastIndex((start) => start <= offset);
    segment[0] = offset - newStarts[line]!;
    mappings[line]!.push(segment);
  }
  return JSON.stringify({ ...parsed, names, mappings: encode(mappings) });
}
