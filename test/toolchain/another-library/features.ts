export const FEATURES = [
  {
    name: "wildcard handlers",
    without: "a handler of every event must be added to each",
    cuts: [[["mitt.mjs"], "handlers = all!.get('*'); ... handler(type, evt!); }); }"]],
  },
];
