// An app with the hosted script in its page. One line asks for the global's type; nothing of it is left after compiling.
/// <reference types="stackexchange-auth/all.js" />

SE.init({
  clientId: 1,
  channelUrl: "https://app.example/blank",
  complete: ({ version }) => console.log(version.length),
});
window.SE.authenticate({
  success: ({ accessToken, expirationDate }) => console.log(accessToken.length, expirationDate?.getTime()),
  error: ({ errorName }) => console.log(errorName.length),
  scope: ["no_expiry"],
});
// As in Stack Exchange's own documentation.
SE.authenticate({ networkUsers: true, success: (d) => d.networkUsers[0].account_id });
// @ts-expect-error no accounts without networkUsers
SE.authenticate({ success: (d) => d.networkUsers[0].account_id });
// @ts-expect-error login() is the module's
SE.login();
// @ts-expect-error the script needs complete
SE.init({ clientId: 1, channelUrl: "https://app.example/blank" });
// @ts-expect-error a failure of the script is no Error
SE.authenticate({ success() {}, error: ({ message }) => console.log(message) });
// @ts-expect-error success is required
SE.authenticate({ error() {} });
// @ts-expect-error the callbacks are functions
SE.authenticate({ success: "function" });
