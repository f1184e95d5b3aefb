// SPDX-License-Identifier: Apache-2.0
// What is asked of the page: models, batch sizes, a device.

import { h } from "../base/dom";
import { printable } from "../base/format";
import type { Generation } from "../base/types";
import type { Device, ZooModel } from "./api";
import { readBatches, readCount, type ChosenModel, type State } from "./state";

export interface FormEvents {
  change: (state: State) => void;
  upload: (content: Blob, name: string) => void;
  complain: (text: string) => void;
}

function field(label: string, control: HTMLElement, hint = ""): HTMLElement {
  return h(
    "label",
    { class: "field" },
    h("span", {}, label),
    control,
    hint && h("small", {}, hint),
  );
}

export class Form {
  readonly element: HTMLElement;
  private state: State;
  private readonly events: FormEvents;
  private readonly chosen = h("ul", { class: "chosen", "aria-label": "Chosen models" });
  private readonly name = h("input", {
    type: "text",
    list: "zoo",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: "resnet50",
  });
  private readonly known = h("datalist", { id: "zoo" });
  private readonly batch = h("input", {
    type: "text",
    inputmode: "numeric",
    placeholder: "1",
    autocomplete: "off",
  });
  private readonly device = h("select");
  private readonly region = h("input", {
    type: "text",
    placeholder: "FR",
    size: 6,
    maxlength: 5,
    autocomplete: "off",
  });
  private readonly shape = h("input", {
    type: "text",
    placeholder: "input=1x3x224x224",
    autocomplete: "off",
    spellcheck: "false",
  });
  private readonly dtype = h(
    "select",
    {},
    ...["", "f32", "f16", "bf16", "f64"].map((type) =>
      h("option", { value: type }, type || "the model's own"),
    ),
  );
  private readonly prompt = h("input", { type: "number", min: 1, step: 1 });
  private readonly generate = h("input", { type: "number", min: 0, step: 1 });
  private readonly request = h(
    "div",
    { class: "fields" },
    field("Tokens of the prompt", this.prompt),
    field("Tokens to generate", this.generate),
  );
  private readonly details: HTMLDetailsElement;
  private zoo: ZooModel[] = [];

  constructor(state: State, events: FormEvents) {
    this.state = state;
    this.events = events;
    this.details = h(
      "details",
      {},
      h("summary", {}, "Country, shapes, element type, or a pasted config.json"),
      h(
        "div",
        { class: "fields" },
        field("Grid of the country", this.region, "adds CO₂e; FR, US, WORLD"),
        field("Input shapes", this.shape, "where the file leaves them open"),
        field("Element type", this.dtype),
      ),
      this.pasteField(),
    );
    this.element = h(
      "form",
      { class: "ask", "aria-label": "What to forecast" },
      this.chosen,
      h("div", { class: "sources" }, this.zooField(), this.fileField()),
      h(
        "div",
        { class: "fields" },
        field("Batch", this.batch, "several are compared: 1, 8, 64"),
        field("Device", this.device),
      ),
      this.request,
      this.details,
    );
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.name.value.trim()) this.addNamed();
      else this.changed();
    });
    for (const control of [
      this.batch,
      this.device,
      this.region,
      this.shape,
      this.dtype,
      this.prompt,
      this.generate,
    ]) {
      control.addEventListener("change", () => this.changed());
    }
    this.show(state);
  }

  private zooField(): HTMLElement {
    this.name.id = "model-name";
    this.name.addEventListener("input", (event) => {
      // Chosen from the list, so that there is no more to type.
      const isTyped = event instanceof InputEvent && event.inputType !== "insertReplacementText";
      if (!isTyped && this.zoo.some((model) => model.name === this.name.value)) this.addNamed();
    });
    return h(
      "div",
      { class: "field grow" },
      h("label", { for: "model-name" }, "A network by name"),
      h("div", { class: "joined" }, this.name, h("button", { type: "submit" }, "Add")),
      this.known,
    );
  }

  private fileField(): HTMLElement {
    const input = h("input", {
      type: "file",
      accept: ".onnx,.json,application/json",
      class: "file",
    });
    input.addEventListener("change", () => {
      const file = input.files?.[0];
      if (file) this.events.upload(file, file.name);
      input.value = ""; // the same file may be chosen again
    });
    const zone = h(
      "label",
      { class: "drop" },
      h("strong", {}, "Drop an ONNX file or a config.json"),
      h("span", {}, "or choose one; its weights are not kept"),
      input,
    );
    for (const type of ["dragenter", "dragover"]) {
      document.addEventListener(type, (event) => {
        event.preventDefault();
        zone.classList.add("over");
      });
    }
    document.addEventListener("dragleave", (event) => {
      if (event.relatedTarget === null) zone.classList.remove("over");
    });
    document.addEventListener("drop", (event) => {
      event.preventDefault();
      zone.classList.remove("over");
      const file = event.dataTransfer?.files[0];
      if (file) this.events.upload(file, file.name);
    });
    return zone;
  }

  private pasteField(): HTMLElement {
    const text = h("textarea", {
      rows: 4,
      spellcheck: "false",
      placeholder: '{"model_type": "llama", …}',
    });
    const use = () => {
      try {
        JSON.parse(text.value);
      } catch (error) {
        this.events.complain(`What was pasted is no JSON: ${(error as Error).message}`);
        return;
      }
      this.events.upload(new Blob([text.value], { type: "application/json" }), "config.json");
    };
    return h(
      "div",
      { class: "paste" },
      field("A language model's config.json, pasted", text),
      h("button", { type: "button", onclick: use }, "Use it"),
    );
  }

  private addNamed(): void {
    const id = this.name.value.trim();
    this.name.value = "";
    this.add({ id, name: id });
  }

  /** Puts a model to those chosen. */
  add(model: ChosenModel): void {
    this.choose([...this.state.models.filter((other) => other.id !== model.id), model]);
  }

  private choose(models: ChosenModel[]): void {
    // Tokens were asked of the models before.
    this.show({ ...this.state, models, prompt: null, generate: null });
    this.changed();
  }

  private remove(model: ChosenModel): void {
    this.choose(this.state.models.filter((other) => other !== model));
    this.name.focus();
  }

  private changed(): void {
    const batches = readBatches(this.batch.value);
    if (batches === null) {
      this.batch.setAttribute("aria-invalid", "true");
      return this.events.complain(
        `Batch "${this.batch.value}": write whole numbers, such as 8, or 1, 8, 64 for several.`,
      );
    }
    this.batch.removeAttribute("aria-invalid");
    this.state = {
      ...this.state,
      batches,
      device: this.device.value,
      region: this.region.value.trim().toUpperCase(),
      shape: this.shape.value.trim(),
      dtype: this.dtype.value,
      prompt: readCount(this.prompt.value),
      generate: readCount(this.generate.value),
    };
    this.events.change(this.state);
  }

  /** Fills the form: from an address, or after going back. */
  show(state: State): void {
    this.state = state;
    this.chosen.replaceChildren(
      ...state.models.map((model) =>
        h(
          "li",
          {},
          printable(model.name),
          h(
            "button",
            {
              type: "button",
              "aria-label": `Remove ${model.name}`,
              onclick: () => this.remove(model),
            },
            "×",
          ),
        ),
      ),
    );
    this.chosen.hidden = state.models.length === 0;
    this.batch.value = state.batches.join(", ");
    if (state.device) this.device.value = state.device;
    this.region.value = state.region;
    this.shape.value = state.shape;
    this.dtype.value = state.dtype;
    this.prompt.value = state.prompt === null ? "" : String(state.prompt);
    this.generate.value = state.generate === null ? "" : String(state.generate);
    if (state.prompt === null && state.generate === null) this.request.hidden = true;
    if (state.region || state.shape || state.dtype) this.details.open = true;
  }

  /** Offers the tokens of a request, if it is a language model's that was answered. */
  showRequest(answer: Generation | null): void {
    this.request.hidden = answer === null;
    this.prompt.placeholder = String(answer?.prompt_tokens ?? "");
    this.generate.placeholder = String(answer?.generated_tokens ?? "");
  }

  offer(models: ZooModel[], known: { default: string; devices: Device[] }): void {
    this.zoo = models;
    this.known.replaceChildren(
      ...models.map((model) => h("option", { value: model.name }, model.summary)),
    );
    this.device.replaceChildren(
      ...known.devices.map((device) => h("option", { value: device.device }, device.title)),
    );
    this.device.value = this.state.device || known.default;
  }
}
