// An app that uses the module. It only has to compile, in strict mode; what must not is marked @ts-expect-error.
import type {
  AuthError,
  AuthenticateOptions,
  AuthenticateWithUsersOptions,
  ErrorName,
  Failure,
  InitOptions,
  LoginOptions,
  NetworkUser,
  Scope,
  Session,
  SessionWithUsers,
  StackExchangeAuth,
} from "stackexchange-auth";
import { authenticate, init, login } from "stackexchange-auth";

const app: InitOptions = {
  clientId: 1,
  channelUrl: "https://app.example/blank",
  complete({ version }) {
    console.log(version satisfies string);
  },
};
init(app);
// What takes no argument may be the callback. Pages written before June 2026 have a key.
init({ ...app, clientId: "1", complete: () => {}, key: "key((" });

// @ts-expect-error clientId is required
init({ channelUrl: "https://app.example/blank", complete() {} });
// @ts-expect-error so is channelUrl
init({ clientId: 1, complete() {} });
// The script alone needs complete.
init({ clientId: 1, channelUrl: "https://app.example/blank" });
// @ts-expect-error so are the options themselves
init();
// @ts-expect-error a key is text
init({ ...app, key: 1 });
// @ts-expect-error a mistyped option is found
init({ ...app, clientID: 1 });

export async function signIn(signal: AbortSignal): Promise<Session> {
  const options: LoginOptions = { scope: ["read_inbox", "no_expiry"], networkUsers: true, signal };
  const session = await login(options);
  // @ts-expect-error there is no date with no_expiry
  session.expirationDate.getTime();
  const time: number | undefined = session.expirationDate?.getTime();
  // @ts-expect-error there are no accounts unless they were asked for
  session.networkUsers.length;
  const first: NetworkUser | undefined = session.networkUsers?.[0];
  const gold: number | undefined = first?.badge_counts.gold;
  // @ts-expect-error an account has no display name
  first?.display_name;
  console.log(session.accessToken satisfies string, time, gold);
  return session;
}

export async function accounts(): Promise<NetworkUser[]> {
  const session: SessionWithUsers = await login({ networkUsers: true });
  return session.networkUsers;
}

login();
login({ networkUsers: true }).then((d) => d.networkUsers[0].account_id);
// @ts-expect-error no accounts without networkUsers
login().then((d) => d.networkUsers[0].account_id);
// @ts-expect-error nor when it may be false
login({ networkUsers: Math.random() < 1 }).then((d) => d.networkUsers[0].account_id);
login({ scope: ["a_permission_of_the_future"] });
// @ts-expect-error a scope is an array
login({ scope: "read_inbox" });
// @ts-expect-error login() has no callbacks
login({ success() {} });
// @ts-expect-error a controller is not its signal
login({ signal: new AbortController() });
// @ts-expect-error what it gives is a promise
login().accessToken;

login().catch((error: AuthError | Error) => {
  if (error.name === "AuthError") {
    const { errorName, errorMessage, message, stack } = error as AuthError;
    console.log(errorName === ("popup_closed" satisfies ErrorName), errorMessage, message, stack);
  }
});

authenticate({ success: ({ accessToken }) => console.log(accessToken) });
authenticate({
  success: (session) => session.networkUsers,
  error: ({ errorName, errorMessage, message }) => console.log(errorName, errorMessage, message),
  scope: [] as const,
  networkUsers: false,
});
authenticate({ networkUsers: true, success: (d) => d.networkUsers[0].account_id });
// @ts-expect-error no accounts without networkUsers
authenticate({ success: (d) => d.networkUsers[0].account_id });
const withUsers: AuthenticateWithUsersOptions = { networkUsers: true, success: (d) => d.networkUsers.length };
authenticate(withUsers);
// As people hand a promise's two functions over.
export const promised = new Promise<Session>((success, error) => authenticate({ success, error }));
// @ts-expect-error success is required
authenticate({});
// @ts-expect-error so are the options
authenticate();
// @ts-expect-error a signal is for login()
authenticate({ success() {}, signal: AbortSignal.timeout(1) });
// @ts-expect-error an error has no code
authenticate({ success() {}, error: ({ code }) => console.log(code) });

const failure: Failure = { errorName: "access_denied", errorMessage: "no" };
// A failure is handed over with both.
// @ts-expect-error
const half: Failure = { errorName: "access_denied" };
const all: StackExchangeAuth = { init, authenticate };
const options: AuthenticateOptions = { success() {}, error: undefined, scope: undefined };
console.log("private_info" satisfies Scope, failure, half, all, options);

// @ts-expect-error AuthError is a type, with no class to ask for
console.log(AuthError);

// @ts-expect-error what the module only uses itself is not exported
export type { Login } from "stackexchange-auth";

// The hosted script's global is not there for an app that did not ask for it.
// @ts-expect-error
console.log(SE);
