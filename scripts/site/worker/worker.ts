/**
 * The service worker of the published documentation: the dev tier, in the reader's own browser, so that the playground signs in
 * without a server. Login server, API and site share the one origin of the host; all paths are below the worker's folder.
 */
import { createDevTier } from "../../dev-tier/index.ts";
import { API, fileOf, LOGIN, NEEDS_SERVERS } from "./places.ts";

/** A service worker's global object. */
const worker = globalThis as any;
const { origin, href } = worker.location as Location;
/** The folder's address, with a slash at its end. */
const home = new URL("./", href).href;
const folder = new URL(home).pathname;

const tier = createDevTier({ origins: { site: origin, login: LOGIN, api: API } });

/** The real addresses for those that the dev tier and the SDK were made with. */
const toHome = (text: string): string =>
  text
    .replaceAll(`${LOGIN}/`, home)
    .replaceAll(`${API}/`, home)
    .replaceAll(LOGIN, origin)
    .replaceAll(API, origin);

/** A request below the folder as one of a role's: a navigation's cannot be copied. */
async function below(request: Request, target: string): Promise<Request> {
  const { method, headers } = request;
  const body = method === "GET" ? null : await request.text();
  return new Request(target, { method, headers: [...headers], body });
}

async function loginRole(request: Request, path: string): Promise<Response> {
  const url = new URL(`${LOGIN}/${path}`);
  const redirect = url.searchParams.get("redirect_uri");
  if (redirect?.startsWith(home))
    url.searchParams.set("redirect_uri", `${LOGIN}/${redirect.slice(home.length)}`);
  const response = await tier.login.fetch(await below(request, url.href));
  const headers = new Headers(response.headers);
  const location = headers.get("Location");
  if (location) headers.set("Location", toHome(location));
  const text = (await response.text()).replaceAll('action="/oauth/', `action="${folder}oauth/`);
  return new Response(response.status === 302 ? null : text, { status: response.status, headers });
}

async function tierFacts(): Promise<Response> {
  const facts = await (await tier.site.fetch(new Request(`${origin}/tier.json`))).json();
  for (const name of NEEDS_SERVERS) delete facts.faults[name];
  return Response.json({
    ...facts,
    origins: { site: origin, login: origin, api: origin },
    worker: true,
    sdk: "dev/",
  });
}

async function sdk(name: string): Promise<Response> {
  const text = toHome(await (await fetch(home + fileOf(name))).text());
  return new Response(text, { headers: { "Content-Type": "text/javascript" } });
}

/** The answer to a request for `path`, below the folder; undefined for what the host answers. */
function answer(request: Request, path: string): Promise<Response> | undefined {
  const [name] = path.split("?") as [string];
  if (name === "tier.json") return tierFacts();
  if (name === "dev/all.js" || name === "dev/index.mjs") return sdk(name.slice("dev/".length));
  if (name === "dev/faults" || name === "blank")
    return below(request, `${origin}/${path}`).then((asked) => tier.site.fetch(asked));
  if (name.startsWith("oauth/")) return loginRole(request, path);
  if (/^2\.\d\//.test(name)) return below(request, `${API}/${path}`).then((asked) => tier.api.fetch(asked));
}

worker.addEventListener("install", () => worker.skipWaiting());
worker.addEventListener("activate", (event: any) => event.waitUntil(worker.clients.claim()));
// A page that was loaded around the worker asks for it.
worker.addEventListener("message", (event: any) => event.waitUntil(worker.clients.claim()));
worker.addEventListener("fetch", (event: any) => {
  const { request } = event;
  if (!request.url.startsWith(home)) return;
  const response = answer(request, request.url.slice(home.length).split("#")[0]!);
  if (response) event.respondWith(response);
});
