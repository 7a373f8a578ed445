import { useEffect } from "react";
import { createRoot, hydrateRoot } from "react-dom/client";
import { Controls, LeadControl } from "./Controls.tsx";
import type { Widget } from "./defineWidget.ts";
import type { AnyValues } from "./params.ts";
import { ask, type FigureStore } from "./store.ts";

/** Makes the controls that stand in a figure's HTML work, and fills its ⋯ panel when it is opened. */
export function mountControls(figure: HTMLElement, widget: Widget, store: FigureStore, base: AnyValues, site: string): void {
  const place = figure.querySelector<HTMLElement>('[data-knobs=""]');
  if (place) {
    const touched = touchedValues(figure);
    const lead = figure.querySelector<HTMLElement>('[data-knobs="lead"]');
    if (lead) hydrateRoot(lead, <LeadControl widget={widget} figure={figure.id} store={store} base={base} />);
    const Live = () => {
      // Only now do its handlers answer; until here the page's own listener takes presses (figure.ts).
      useEffect(() => { figure.dataset.controls = "live"; }, []);
      return <Controls widget={widget} figure={figure.id} store={store} base={base} embed={figure.dataset.link === "embed"} />;
    };
    hydrateRoot(place, <Live />);
    if (Object.keys(touched).length > 0) ask(figure.id, { type: "set", params: touched });
  }
  const panel = figure.querySelector<HTMLDetailsElement>("details[data-panel]");
  const inside = panel?.querySelector<HTMLElement>("[data-inside]");
  if (!panel || !inside) return;
  // Few readers open it: its code is fetched then. If that fails, what the build wrote into it stays.
  const fill = (): void => {
    import("./Panel.tsx").then(
      ({ Panel }) => createRoot(inside).render(<Panel widget={widget} figure={figure} store={store} base={base} site={site} />),
      () => panel.addEventListener("toggle", fill, { once: true }),
    );
  };
  if (panel.open) fill();
  else panel.addEventListener("toggle", fill, { once: true });
}

/** What the reader changed before React came: inputs whose value is not the one their HTML gave them. */
function touchedValues(figure: HTMLElement): AnyValues {
  const touched = new Map<string, AnyValues[string]>();
  for (const input of figure.querySelectorAll<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>("[data-knobs] [name]")) {
    const { name } = input;
    if (input instanceof HTMLSelectElement) {
      if (!input.selectedOptions[0]?.defaultSelected) touched.set(name, input.value);
    } else if (input instanceof HTMLInputElement && (input.type === "checkbox" || input.type === "radio")) {
      if (input.checked !== input.defaultChecked && (input.checked || input.type === "checkbox")) touched.set(name, input.type === "radio" ? input.value : input.checked);
    } else if (input.value !== input.defaultValue) {
      touched.set(name, input.type === "range" || input.type === "number" ? Number(input.value) : input.value);
    }
  }
  return Object.fromEntries(touched);
}
