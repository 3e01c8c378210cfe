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
    function load() {
      frame.src = setting("proxy") + location.hash;
    }
    if (+setting("slow-frame")) setTimeout(load, +setting("slow-frame"));
    else load();
    answer.appendChild(frame);
  }

  function viaMessage() {
    if (!window.opener) return;
    window.opener.postMessage(location.hash, setting("target"));
    if (setting("twice")) window.opener.postMessage(location.hash, setting("target"));
  }

  function hand() {
    // IE 10 says MSIE too, and its postMessage does reach another window.
    if (setting("frame") || /MSIE [1-9]\./.test(navigator.userAgent)) viaFrame();
    else viaMessage();
    if (setting("closes")) window.close();
  }

  if (+setting("late")) setTimeout(hand, +setting("late"));
  else hand();
})();
