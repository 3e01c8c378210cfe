/** An emitter for pages without modules: `emitter()` makes one. */
(window as any).emitter = function () {
  var handlers: any = {};
  return {
    on: function (type: string, handler: any) {
      (handlers[type] = handlers[type] || []).push(handler);
    },
    emit: function (type: string, event: any) {
      var list = handlers[type] || [];
      var index = 0;
      while (index < list.length) list[index++](event);
    },
  };
};
