// What the landing page does in the popup: hands its own hash to the app's window. ES3, because old IE runs it too.
// biome-ignore-all lint/suspicious/noVar: ES3
// biome-ignore-all lint/complexity/useArrowFunction: ES3
// biome-ignore-all lint/style/useTemplate: ES3
(function () {
  var answer = document.getElementById("answer");

  function setting(name) {
    return answer.getAttribute("data-" + name);
  }

  function viaFrame() {
    var frame = document.createElement("iframe");
    frame.name = "se-api-frame";
    after(setting("slowframe"), function () {
      frame.src = setting("proxy") + location.hash;
    });
    answer.appendChild(frame);
  }

  function post() {
    if (window.opener) window.opener.postMessage(location.hash, setting("target"));
  }

  function after(ms, work) {
    if (ms) setTimeout(work, +ms);
    else work();
  }

  after(setting("late"), function () {
    // IE 10 says MSIE too, and its postMessage does reach another window.
    if (setting("frame") || /MSIE [1-9]\./.test(navigator.userAgent)) viaFrame();
    else {
      post();
      if (setting("twice")) post();
    }
    if (setting("closes")) window.close();
  });
})();
