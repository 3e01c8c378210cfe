/** A new element with these properties and children. Text stays text: nothing here is parsed as HTML. */
export function element(name, properties = {}, ...children) {
  const node = document.createElement(name);
  for (const [property, value] of Object.entries(properties)) {
    if (property in node) node[property] = value;
    else node.setAttribute(property, value);
  }
  node.append(...children);
  return node;
}

/** The element with this id. */
export const byId = (id) => document.getElementById(id);
