// SPDX-License-Identifier: Apache-2.0
// The page of `joulecast serve`: choose or drop models, see their reports side by side.

import { h } from "./base/dom";
import { printable } from "./base/format";
import { isGeneration, type AnyEstimate, type Estimate } from "./base/types";
import { showComparison } from "./views/compare";
import { showReport } from "./views/estimate";
import { devices, estimate, upload, zoo } from "./page/api";
import { Form } from "./page/form";
import { queryOf, stateOf, type State } from "./page/state";

const messages = h("div", { class: "messages", role: "alert" });
const status = h("p", { class: "status", role: "status" });
const results = h("div", { class: "results" });
let running = new AbortController();
let asked: string | null = null; // the query whose answers are shown or awaited

function complain(...texts: string[]): void {
  messages.replaceChildren(...texts.map((text) => h("p", {}, printable(text))));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function welcome(): HTMLElement {
  const example = (name: string, text: string) =>
    h("li", {}, h("a", { href: `?model=${name}` }, name), text);
  return h(
    "section",
    {},
    h("h1", {}, "What would it cost to run?"),
    h(
      "p",
      {},
      "Joules, seconds and watts of a network, layer by layer, forecast from its shape alone: nothing is run. Begin with a name, a file, or one of these:",
    ),
    h(
      "ul",
      {},
      example("resnet50", ", a network of residual blocks"),
      example("mobilenet_v2", ", made for phones"),
      example("vit_b_16", ", a vision transformer"),
      h(
        "li",
        {},
        h(
          "a",
          { href: "?model=resnet50&model=vgg16&model=mobilenet_v2&batch=8" },
          "three networks side by side",
        ),
      ),
    ),
  );
}

/** A link that holds all that is shown; models that were uploaded, while the server knows them. */
function shareBar(): HTMLElement {
  const said = h("output");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(location.href);
      said.textContent = "copied";
    } catch {
      said.textContent = location.href; // no clipboard here: it can be copied by hand
    }
  };
  return h(
    "p",
    { class: "share" },
    h("button", { type: "button", onclick: () => void copy() }, "Copy link"),
    said,
  );
}

function showAll(done: AnyEstimate[]): void {
  const view = h("div");
  const single = done.filter((each): each is Estimate => !isGeneration(each));
  if (done.length === 1) {
    showReport(view, done[0]!);
  } else if (single.length === done.length) {
    showComparison(view, { estimates: single });
  } else {
    view.append(
      h(
        "p",
        {},
        "Requests to language models are not drawn side by side: remove all but one model and batch.",
      ),
    );
  }
  results.replaceChildren(shareBar(), view);
}

async function answersTo(state: State, signal: AbortSignal): Promise<[AnyEstimate[], unknown[]]> {
  const batches: (number | undefined)[] = state.batches.length > 0 ? state.batches : [undefined];
  const answers = await Promise.allSettled(
    state.models.flatMap((model) => batches.map((batch) => estimate(model, batch, state, signal))),
  );
  return [
    answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : [])),
    answers.flatMap((answer) => (answer.status === "rejected" ? [answer.reason] : [])),
  ];
}

async function run(state: State): Promise<void> {
  // Enter in a field is a change and a submission of the same.
  if (asked === queryOf(state)) return;
  asked = queryOf(state);
  running.abort();
  running = new AbortController();
  const { signal } = running;
  messages.replaceChildren();
  status.textContent = "";
  results.removeAttribute("aria-busy");
  const names = state.models.map((model) => printable(model.name));
  document.title = names.length > 0 ? `${names.join(", ")} – Joulecast` : "Joulecast";
  if (names.length === 0) return results.replaceChildren(welcome());

  status.textContent = "Computing…";
  results.setAttribute("aria-busy", "true");
  const [done, failed] = await answersTo(state, signal);
  if (signal.aborted) return; // something else has been asked meanwhile
  results.removeAttribute("aria-busy");
  status.textContent = "";
  if (failed.length > 0) asked = null; // so that it can be tried again
  complain(...new Set(failed.map(messageOf)));
  form.showRequest(done.find(isGeneration) ?? null);
  if (done.length > 0) showAll(done);
  else results.replaceChildren();
}

async function receive(content: Blob, name: string): Promise<void> {
  messages.replaceChildren();
  status.textContent = `Reading ${printable(name)}…`;
  try {
    const model = await upload(content, name);
    status.textContent = "";
    form.add({ id: model.model, name: model.name });
  } catch (error) {
    status.textContent = "";
    complain(`${name}: ${messageOf(error)}`);
  }
}

const form: Form = new Form(stateOf(location.search), {
  change: (state) => {
    const query = queryOf(state);
    if (query !== location.search) history.pushState(null, "", query || location.pathname);
    void run(state);
  },
  upload: (content, name) => void receive(content, name),
  complain,
});

/** Shows what the address says. */
async function begin(): Promise<void> {
  try {
    form.offer(...(await Promise.all([zoo(), devices()])));
  } catch (error) {
    complain(messageOf(error));
  }
  await run(stateOf(location.search));
}

document.getElementById("ask")!.append(form.element);
document.getElementById("main")!.append(messages, status, results);
addEventListener("popstate", () => {
  const state = stateOf(location.search);
  form.show(state);
  void run(state);
});
void begin();
